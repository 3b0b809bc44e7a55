// out: false
// out: true
// out: null
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const r = /a/g;
r.lastIndex = { valueOf() { r.lastIndex = 1; return 2 ** 40; } };
T(() => r.test('aaa'));
r.lastIndex = -1;
T(() => r.test('aaa'));
T(() => { const y = /a/y; y.lastIndex = Infinity; return y.exec('a'); });
T(() => { Object.defineProperty(r, 'lastIndex', { writable: false, value: 1 }); r.test('bbb'); });
T(() => 'aaa'.replace(Object.freeze(/a/g), 'b'));
