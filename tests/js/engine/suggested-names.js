// Functions without a name go by what they were assigned to.
const called = (attempt) => {
  try {
    attempt();
  } catch (error) {
    return error.stack.split('\n')[1].trim().replace(/ \(.*/, '');
  }
};
exports.plain = function () { throw new Error(); };
exports.arrow = () => { throw new Error(); };
console.log(called(() => exports.plain()), called(exports.arrow), called(() => exports.arrow()));
const o = { nested: {}, prototype: {} };
o.nested.deep = function () { throw new Error(); };
o.prototype.method = function () { throw new Error(); };
o['text'] = function () { throw new Error(); };
const key = 'computed';
o[key] = function () { throw new Error(); };
o.generator = function* () { throw new Error(); };
o.missing ??= function () { throw new Error(); };
console.log(called(o.nested.deep), called(o.prototype.method), called(o.text), called(o.computed), called(() => o.computed()), called(() => o.generator().next()), called(o.missing));
o.Kind = class {
  constructor(fail) { if (fail) throw new Error(); }
  method() { throw new Error(); }
  static method() { throw new Error(); }
};
console.log(called(() => new o.Kind(1)), called(() => new o.Kind().method()), called(() => o.Kind.method()));
class Named { constructor() { this.callback = () => { throw new Error(); }; } }
function lower() { this.callback = () => { throw new Error(); }; }
console.log(called(new Named().callback), called(() => new Named().callback()), called(new lower().callback), called(() => new lower().callback()));
console.log(o.nested.deep.name === '', o.Kind.name === '', [o.text].map(String)[0].slice(0, 10));
module.exports = function () { throw new Error(); };
console.log(called(module.exports));
