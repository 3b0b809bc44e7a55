// A file of WebAssembly as an ES module: `lib/add.wasm` is (module (import "./log.mjs" "log" (func $log (param i32)))
// (global (export "count") (mut i32) (i32.const 5)) (func (export "add") (param i32 i32) (result i32) (call $log (local.get 0))
// (i32.add (local.get 0) (local.get 1))) (func $s (call $log (i32.const 99))) (start $s)).
import * as namespace from './lib/add.wasm';
import { add, count } from './lib/add.wasm';
process.removeAllListeners('warning');
console.log(Object.keys(namespace), add(20, 22), count, namespace.add === add);
console.log((await import('./lib/add.wasm')).add === add);
try {
  await import('./lib/none.wasm');
} catch (error) {
  console.log(error.code);
}
