// flags: --max-time=300
// exit: 124
// err: time limit reached

// (module (func (export "run") (loop (br 0))))
new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAADAgEABwcBA3J1bgAACgkBBwADQAwACws=', 'base64'))).exports.run();
console.log('no');
