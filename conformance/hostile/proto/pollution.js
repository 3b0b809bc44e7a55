// out: TypeError
// out: p
// out: 0
// out: a/b
// out:
// out: {}
// out: { a: 1 }
// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
Object.prototype.polluted = 'p'; Object.prototype.get = 1;
T(() => Object.defineProperty({}, 'a', { value: 1 }));
delete Object.prototype.get;
T(() => ({}).polluted);
T(() => Object.keys({}).length);
T(() => require('path').join('a', 'b'));
T(() => new URL('http://a/b?c').searchParams.get('c'));
T(() => JSON.stringify({}));
T(() => require('util').inspect({ a: 1 }));
T(() => require('fs').readFileSync(__filename, {}).length > 0);
Object.prototype.encoding = 'nope';
T(() => require('fs').existsSync(__filename));
delete Object.prototype.encoding; delete Object.prototype.polluted;
