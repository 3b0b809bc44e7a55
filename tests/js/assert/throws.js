const assert = require('assert');
const say = (f) => { try { f(); console.log('ok'); } catch (e) { console.log(`${e.name} ${e.code} ${e.operator} ${e.generatedMessage}\n${e.message}\n---`); } };
const boom = () => { throw Object.assign(new TypeError('Wrong value'), { code: 404, info: { a: 1 } }); }; const prim = () => { throw 'str'; }; const quiet = () => {};
class MyErr extends Error {}
const expectations = [undefined, TypeError, RangeError, Error, MyErr, /Wrong/, /right/, { name: 'TypeError' }, { message: 'Wrong value' }, { message: /Wrong/ }, { message: /no/ }, { code: 404, info: { a: 1 } }, { code: 404, info: { a: 2 } }, { missing: 1 }, {}, new TypeError('Wrong value'), new Error('Wrong value'), Object.assign(new TypeError('Wrong value'), { code: 404, info: { a: 1 } }), (e) => true, (e) => false, (e) => e instanceof TypeError, function named() { return 'x'; }, 'message string', 'Wrong value', 'str', null, 5, Symbol('s'), [], class NotError {}];
for (const exp of expectations) for (const fn of [boom, prim, quiet]) { say(() => assert.throws(fn, exp)); say(() => assert.throws(fn, exp, 'custom message')); say(() => assert.doesNotThrow(fn, exp)); say(() => assert.doesNotThrow(fn, exp, 'custom')); }
say(() => assert.throws()); say(() => assert.throws('x')); say(() => assert.throws(boom, 'a', 'b')); say(() => assert.throws(quiet, new MyErr('x'))); say(() => assert.throws(() => { throw undefined; })); say(() => assert.throws(() => { throw null; }, /x/)); say(() => assert.throws(() => { throw 5; }, { a: 1 })); say(() => assert.throws(() => { throw () => {}; }, TypeError)); say(() => assert.doesNotThrow('x'));
(async () => {
  const asay = async (p) => { try { console.log('ok', await p); } catch (e) { console.log(`${e.name} ${e.code} ${e.operator} ${e.generatedMessage}\n${e.message}\n---`); } };
  const rej = () => Promise.reject(new TypeError('rejected')); const res = () => Promise.resolve(1);
  for (const exp of [undefined, TypeError, RangeError, /rejected/, { name: 'TypeError' }, { name: 'X' }, 'text']) { await asay(assert.rejects(rej, exp)); await asay(assert.rejects(rej(), exp)); await asay(assert.rejects(res, exp)); await asay(assert.doesNotReject(res, exp)); await asay(assert.doesNotReject(rej(), exp)); }
  await asay(assert.rejects(() => 5)); await asay(assert.rejects(5)); await asay(assert.rejects(() => { throw new Error('sync'); })); await asay(assert.rejects({ then(a, b) { b(new Error('thenable')); }, catch() {} })); await asay(assert.doesNotReject(() => ({}))); await asay(assert.rejects(async () => { throw new MyErr('mine'); }, MyErr)); await asay(assert.rejects());
  console.log(require('util').inspect(assert.rejects), assert.rejects(res).catch(() => {}) instanceof Promise);
})();
