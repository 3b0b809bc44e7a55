// flags: --max-time=300
// exit: 124
// err: time limit reached

// (module (func $s (loop (br 0))) (start $s))
WebAssembly.instantiate(Buffer.from('AGFzbQEAAAABBAFgAAADAgEACAEACgkBBwADQAwACws=', 'base64')).finally(() => console.log('no'));
