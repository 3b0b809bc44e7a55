// `f.caller` and `f.arguments`: null unless `f` is on the stack; strict functions, arrows, methods and natives refuse.
const refused = (attempt) => {
  try {
    return attempt();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
function called() { return called.caller; }
function calls() { return called(); }
console.log(calls() === calls, called.caller, called.arguments);
function given() { return given.arguments; }
console.log(given(1, 2).length, given(1, 2)[1], Object.prototype.toString.call(given()));
function nested(n) { return n ? nested(n - 1) : nested.arguments[0]; }
console.log(nested(3));
function copied(a) { copied.arguments[0] = 9; return a; }
console.log(copied(1));
function rest(a, ...b) { return rest.arguments[0]; }
console.log(rest(1));
function inNative() { return [1].map(function callback() { return callback.caller; })[0]; }
console.log(inNative());
console.log((function () { 'use strict'; return called(); })());
console.log(refused(() => (() => {}).caller), refused(() => ({ m() {} }).m.caller));
console.log(refused(() => (class {}).arguments), refused(() => parseInt.caller), refused(() => called.bind().caller));
function strict() { 'use strict'; return strict.caller; }
console.log(refused(strict), refused(() => Object.create(called).caller));
called.caller = 5;
console.log(called.caller, delete called.caller, 'caller' in called, Object.hasOwn(called, 'caller'), Object.getOwnPropertyNames(called));
for (const key of ['caller', 'arguments']) {
  const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(Function.prototype, key);
  console.log(get.name, set.name, get.length, set.length, enumerable, configurable, get.call(called), set.call(called, 1));
  console.log(refused(() => get.call({})), refused(() => set.call(() => {}, 1)));
}
