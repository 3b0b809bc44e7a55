// out: q
// out: 20
// out: TypeError
// out: Error

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const r = /a/g; let n = 0;
r.exec = () => n++ < 5 ? { index: -10, 0: 'xyz', length: 3 } : null;
T(() => 'abc'.replace(r, 'q'));
r.exec = () => n++ < 20 ? { index: Infinity, 0: '', length: 1 } : null; n = 0;
T(() => 'abc'.match(r).length);
r.exec = () => 1;
T(() => r.test('a'));
r.exec = () => ({ get 0() { throw new Error('zero'); } });
T(() => 'abc'.replace(r, 'q'));
