// flags: --max-time=300
// exit: 124
// err: time limit reached

// (module (memory 1000) (func (export "run") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65000000)) (br 0))))
new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAADAgEABQQBAOgHBwcBA3J1bgAAChUBEwADQEEAQQFBwKT/HvwLAAwACws=', 'base64'))).exports.run();
