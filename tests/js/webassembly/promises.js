// compile, instantiate and their streaming forms.
const attempt = async (what, work) => {
  try {
    console.log(what, await work());
  } catch (error) {
    console.log(what, `${error.constructor.name}: ${error.message}`, error.code);
  }
};
// (module (import "a" "f" (func $f (param i32))) (func (export "run") (call $f (i32.const 42))))
const bytes = Buffer.from('AGFzbQEAAAABCAJgAX8AYAAAAgcBAWEBZgAAAwIBAQcHAQNydW4AAQoIAQYAQSoQAAs=', 'base64');

const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
const response = (body, init = {}) => new Response(body, { headers: { 'content-type': 'application/wasm' }, ...init });
(async () => {
  await attempt('compile', () => WebAssembly.compile());
  await attempt('compile', () => WebAssembly.compile(Uint8Array.of(1, 2, 3, 4)));
  await attempt('compile', () => WebAssembly.compile(new Uint8Array()));
  await attempt('compile', () => WebAssembly.compile(empty));
  await attempt('instantiate', () => WebAssembly.instantiate());
  await attempt('instantiate', () => WebAssembly.instantiate(Uint8Array.of(1, 2, 3, 4)));
  await attempt('instantiate', () => WebAssembly.instantiate(empty));
  await attempt('instantiate', () => WebAssembly.instantiate(empty, 1));
  await attempt('instantiate', () => WebAssembly.instantiate(new WebAssembly.Module(empty)));
  await attempt('instantiate', () => WebAssembly.instantiate(bytes));
  await attempt('instantiate', () => WebAssembly.instantiate(bytes, {}));
  await attempt('instantiate', () => WebAssembly.instantiate(bytes, { a: { f: 1 } }));
  const imports = { a: { f: (x) => console.log('called with', x) } };
  const { instance, module } = await WebAssembly.instantiate(bytes, imports);
  instance.exports.run();
  (await WebAssembly.instantiate(module, imports)).exports.run();
  await attempt('streaming', () => WebAssembly.compileStreaming());
  await attempt('streaming', () => WebAssembly.compileStreaming(1));
  await attempt('streaming', () => WebAssembly.compileStreaming(new Response(empty)));
  await attempt('streaming', () => WebAssembly.compileStreaming(new Response(empty, { headers: { 'content-type': 'application/wasm; charset=x' } })));
  await attempt('streaming', () => WebAssembly.compileStreaming(response(empty, { status: 404 })));
  await attempt('streaming', async () => {
    const used = response(empty);
    await used.text();
    return WebAssembly.compileStreaming(used);
  });
  await attempt('streaming', () => WebAssembly.compileStreaming(response(empty)));
  await attempt('streaming', () => WebAssembly.compileStreaming(Promise.resolve(response(empty))));
  await attempt('streaming', () => WebAssembly.compileStreaming(Promise.reject(new Error('mine'))));
  await attempt('streaming', () => WebAssembly.instantiateStreaming(response(Uint8Array.of(1, 2, 3, 4))));
  await attempt('streaming', async () => {
    const { instance } = await WebAssembly.instantiateStreaming(response(bytes), imports);
    return instance.exports.run();
  });
  const order = [];
  const compiling = WebAssembly.instantiate(empty).then(() => order.push('instantiated'));
  Promise.resolve().then(() => order.push('microtask'));
  process.nextTick(() => order.push('tick'));
  order.push('after');
  await compiling;
  console.log(order);
})();
