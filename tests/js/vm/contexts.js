'use strict';
const vm = require('vm');
const say = (label, value) => console.log(label, value);
const sandbox = { x: 1, console };
const context = vm.createContext(sandbox);
say('same', context === sandbox);
say('isContext', [vm.isContext(sandbox), vm.isContext({})]);
say('read', vm.runInContext('x + 1', context));
vm.runInContext('var y = 2; z = 3; function f() { return x + y + z; } let hidden = 4; const fixed = 5; class K {}', context);
say('written', [sandbox.y, sandbox.z, typeof sandbox.f, sandbox.hidden, sandbox.fixed, sandbox.K]);
say('kept', vm.runInContext('hidden + fixed + f()', context));
sandbox.x = 10;
say('changed', vm.runInContext('f()', context));
say('keys', Object.keys(sandbox));
say('typeof', vm.runInContext('[typeof process, typeof require, typeof nope, typeof Array, typeof globalThis]', context).join());
say('own realm', [vm.runInContext('[]', context) instanceof Array, vm.runInContext('Array', context) === Array, vm.runInContext('x', context) === sandbox.x]);
say('globalThis', [vm.runInContext('globalThis.x', context), vm.runInContext('this === globalThis', context), vm.runInContext('"x" in globalThis', context)]);
vm.runInContext('globalThis.added = 1; Object.defineProperty(globalThis, "def", { value: 2 })', context);
say('added', [sandbox.added, sandbox.def, Object.getOwnPropertyDescriptor(sandbox, 'def')]);
const frozen = vm.createContext(Object.freeze({ a: 1 }));
say('frozen', vm.runInContext('a = 2; b = 3; [a, typeof b]', frozen).join());
const accessor = vm.createContext({ get g() { return 'got'; }, set s(v) { this.seen = v; } });
say('accessors', [vm.runInContext('s = 5; g', accessor), accessor.seen]);
const inherited = vm.createContext(Object.create({ up: 'inherited' }));
say('inherited', vm.runInContext('up', inherited));
say('new', vm.runInNewContext('a * 2', { a: 21 }));
say('this context', [vm.runInThisContext('typeof module'), vm.runInThisContext('globalThis') === globalThis]);
globalThis.shared = 5;
say('shared', vm.runInThisContext('shared'));
const script = new vm.Script('n = (typeof n === "number" ? n : 0) + 1');
const counted = vm.createContext({});
for (let i = 0; i < 3; i++) script.runInContext(counted);
say('script', counted.n);
say('script new', script.runInNewContext({ n: 41 }));
say('vanilla', (() => { const c = vm.createContext(vm.constants.DONT_CONTEXTIFY); return [vm.runInContext('globalThis', c) === c, vm.isContext(c), typeof c.Array]; })());
say('function', vm.compileFunction('return a + b + (this?.c ?? 0)', ['a', 'b']).call({ c: 1 }, 2, 3));
say('extensions', vm.compileFunction('return one + two', [], { contextExtensions: [{ one: 1 }, { two: 2 }] })());
say('parsing context', vm.compileFunction('return x', [], { parsingContext: context })());
const strings = vm.createContext({}, { codeGeneration: { strings: false } });
for (const [label, call] of Object.entries({
  'no strings': () => vm.runInContext('eval("1")', strings),
  thrown: () => vm.runInContext('throw new TypeError("inside")', context),
  undeclared: () => vm.runInContext('nope', context),
  'not a context': () => vm.runInContext('1', {}),
  'no object': () => vm.runInContext('1'),
  'bad name': () => vm.createContext({}, { name: 1 }),
  'bad origin': () => vm.createContext({}, { origin: 1 }),
  'bad generation': () => vm.createContext({}, { codeGeneration: 1 }),
  'bad strings': () => vm.createContext({}, { codeGeneration: { strings: 1 } }),
  'bad mode': () => vm.createContext({}, { microtaskMode: 'x' }),
  'bad filename': () => new vm.Script('1', { filename: 1 }),
  'bad offset': () => new vm.Script('1', { lineOffset: 'x' }),
  'bad cached': () => new vm.Script('1', { cachedData: 1 }),
  'bad options': () => new vm.Script('1', 5),
  'bad timeout': () => vm.runInThisContext('1', { timeout: 0 }),
  'bad display': () => vm.runInThisContext('1', { displayErrors: 1 }),
  'bad sigint': () => vm.runInThisContext('1', { breakOnSigint: 1 }),
  'bad code': () => vm.compileFunction(1),
  'bad params': () => vm.compileFunction('', [1]),
  'bad parsing': () => vm.compileFunction('', [], { parsingContext: {} }),
  'bad extensions': () => vm.compileFunction('', [], { contextExtensions: [1] }),
  'isContext': () => vm.isContext(1),
})) {
  try {
    call();
    say(label, 'no error');
  } catch (error) {
    say(label, `${error.name} ${error.code} ${error.message} ${error instanceof Error}`);
  }
}
