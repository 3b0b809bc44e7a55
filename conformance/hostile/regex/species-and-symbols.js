// out: abc
// out: TypeError
// out: TypeError
// out: TypeError
// out:
// out: undefined
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
class R extends RegExp { static get [Symbol.species]() { return function () { return { exec() { return null; }, lastIndex: 0 }; }; } }
T(() => 'abc'.split(new R('b')).join());
T(() => RegExp.prototype[Symbol.split].call({ constructor: { [Symbol.species]: function () { return {}; } }, flags: '' }, 'abc'));
T(() => RegExp.prototype.test.call({ exec() { return 5; } }, 'x'));
T(() => RegExp.prototype[Symbol.replace].call(1, 'x'));
T(() => RegExp.prototype.flags);
T(() => RegExp.prototype.global);
T(() => Object.getOwnPropertyDescriptor(RegExp.prototype, 'global').get.call({}));
