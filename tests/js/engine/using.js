// `using` and `await using` dispose of what they declare, however the block ends; the stacks do so by hand.
'use strict';

const resource = (name) => ({ [Symbol.dispose]() { console.log('dispose', name); } });
const tried = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
};

{
  using a = resource('a'), b = resource('b');
  console.log('body');
}
function returning() {
  using a = resource('returning');
  return 'returned';
}
console.log(returning());
outer: for (const k of [1, 2]) {
  using a = resource(`continue ${k}`);
  continue outer;
}
for (const k of [1, 2]) {
  using a = resource(`break ${k}`);
  break;
}
for (using each of [resource('each 1'), resource('each 2')]) console.log('loop');
function* generator() {
  using a = resource('generator');
  yield 1;
  yield 2;
}
for (const k of generator()) break;
console.log([...generator()]);
tried(() => { using a = 1; });
tried(() => { using a = {}; });
tried(() => { using a = null, b = undefined; return 'nothing to do'; });
tried(() => { using a = resource('thrown'); throw new Error('body'); });
try {
  using a = { [Symbol.dispose]() { throw new Error('disposal'); } };
  throw new Error('body');
} catch (error) {
  console.log(error.constructor.name, error.message, error.error.message, error.suppressed.message);
}
tried(() => { using a = { [Symbol.dispose]() { throw new TypeError('only this'); } }; });

tried(() => DisposableStack());
const stack = new DisposableStack();
console.log(stack.use(null), stack.use(resource('used'))[Symbol.dispose].name, stack.adopt(5, (v) => console.log('adopted', v)), stack.defer(() => console.log('deferred')));
tried(() => stack.use(1));
tried(() => stack.use({}));
tried(() => stack.adopt(1, 2));
tried(() => stack.defer(1));
const moved = stack.move();
console.log(stack.disposed, moved.disposed);
moved.dispose();
moved.dispose();
tried(() => moved.use({}));
tried(() => DisposableStack.prototype.use.call({}));
console.log(Reflect.ownKeys(DisposableStack.prototype), DisposableStack.length, DisposableStack.prototype[Symbol.dispose] === DisposableStack.prototype.dispose);
console.log(String(new SuppressedError(1, 2, 'm')), SuppressedError.length, Object.getPrototypeOf(SuppressedError) === Error, Object.prototype.toString.call(new SuppressedError()));

(async () => {
  {
    await using a = { async [Symbol.asyncDispose]() { await null; console.log('async dispose'); } };
    using b = resource('sync in async');
    console.log('async body');
  }
  try {
    await using a = { [Symbol.asyncDispose]: async () => { throw new Error('rejected'); } };
  } catch (error) {
    console.log(error.message);
  }
  const later = new AsyncDisposableStack();
  later.use({ async [Symbol.asyncDispose]() { console.log('async'); } });
  later.use(resource('sync'));
  later.defer(async () => console.log('deferred'));
  console.log(later.disposed, await later.disposeAsync(), later.disposed);
  await AsyncDisposableStack.prototype.disposeAsync.call(1).catch((error) => console.log(error.message));
  console.log('end');
})();
