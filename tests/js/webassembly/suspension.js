// Imports that promise their results.
const attempt = async (what, work) => {
  try {
    console.log(what, await work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};
// (module (import "a" "f" (func $f (param i32) (result i32)))
//   (func (export "once") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))
//   (func (export "twice") (param i32) (result i32) (i32.add (call $f (local.get 0)) (call $f (i32.const 100))))
//   (func (export "tail") (param i32) (result i32) (return_call $f (local.get 0)))
//   (export "import" (func $f)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwIHAQFhAWYAAAMEAwAAAAcgBARvbmNlAAEFdHdpY2UAAgR0YWlsAAMGaW1wb3J0AAAKHwMJACAAEABBAWoLDAAgABAAQeQAEABqCwYAIAASAAs=', 'base64'));

const { Instance, Suspending, promising } = WebAssembly;
const exportsOf = (f) => new Instance(module, { a: { f } }).exports;
(async () => {
  const later = (x) => new Promise((resolve) => setTimeout(resolve, 2, x * 2));
  const e = exportsOf(new Suspending(later));
  const once = promising(e.once), twice = promising(e.twice);
  console.log(once, once.name, once.length, Object.getOwnPropertyNames(once), new Suspending(later), typeof new Suspending(later));
  await attempt('once', () => once(4));
  await attempt('twice', () => twice(5));
  await attempt('together', () => Promise.all([once(1), once(2), twice(3), promising(e.tail)(4), promising(e.import)(5)]));
  await attempt('plain', () => e.once(4));
  await attempt('argument', () => once(1n));
  try {
    once(1n);
  } catch (error) {
    console.log(error.message);
  }
  await attempt('promising', () => promising(() => 1));
  await attempt('promising', () => promising());
  await attempt('Suspending', () => new Suspending(1));
  await attempt('Suspending', () => Suspending(later));
  await attempt('rejects', () => promising(exportsOf(new Suspending(() => Promise.reject(new Error('mine')))).once)(1));
  await attempt('throws', () => promising(exportsOf(new Suspending(() => { throw new Error('thrown'); })).once)(1));
  await attempt('throws', () => exportsOf(new Suspending(() => { throw new Error('thrown'); })).once(1));
  await attempt('no promise', () => promising(exportsOf(new Suspending((x) => x * 3)).once)(2));
  await attempt('thenable', () => promising(exportsOf(new Suspending(() => ({ then(f) { f(9); } }))).once)(2));
  await attempt('frames of JavaScript', () => promising(exportsOf((x) => e.once(x)).once)(1));
  await attempt('a promise as it is', () => promising(exportsOf(async (x) => x).once)(1));
  await attempt('no number', () => promising(exportsOf(new Suspending(async () => 1n)).once)(1));
  const error = new WebAssembly.SuspendError('made');
  console.log(error.name, error instanceof Error, String(error.stack).split('\n')[0]);
  const order = [], running = once(1).then(() => order.push('done'));
  order.push('after');
  await running;
  console.log(order);
})();
