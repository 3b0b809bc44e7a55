'use strict';
// Under which name a stack shows a method.
const first = (attempt) => {
  try {
    attempt();
  } catch (error) {
    return error.stack.split('\n')[1].trim().replace(/ \(.*/, '');
  }
};
const fail = function () { throw new Error(); };
const o = { plain() { fail.call(this); }, again: null, get got() { throw new Error(); }, *made() { throw new Error(); } };
o.again = function () { throw new Error(); };
console.log(first(() => o.again()));
const hidden = {};
Object.defineProperty(hidden, 'x', { get: function () { throw new Error(); } });
Object.defineProperty(hidden, 'shown', { enumerable: true, get: function () { throw new Error(); } });
console.log(first(() => hidden.x), first(() => hidden.shown), first(() => o.got));
String.prototype.strict = function () { throw new Error(); };
console.log(first(() => 'a'.strict()));
const space = {};
space.Type = function () {};
space.Type.prototype.method = function () { throw new Error(); };
console.log(first(() => new space.Type().method()));
function* generator() { yield 1; throw new Error(); }
const second = (attempt) => { try { attempt(); } catch (error) { return error.stack.split('\n')[2].trim(); } };
console.log(second(() => [...o.made()]), second(() => { const it = generator(); it.next(); it.next(); }));
console.log(second(() => [1].values().map(() => { throw new Error(); }).toArray()));
setTimeout(function named() { console.log(new Error().stack.split('\n')[1].trim().replace(/ \(.*/, '')); }, 1);
setTimeout(() => { console.log(new Error().stack.split('\n')[1].trim().replace(/ \(.*/, '')); }, 1);
setTimeout(() => setImmediate(() => { console.log(new Error().stack.split('\n')[1].trim().replace(/ \(.*/, '')); }), 20);
