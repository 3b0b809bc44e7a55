// flags: --max-fuel=1000000
// exit: 122
// err: fuel used up

// (module (func (export "run") (loop (br 0))))
const { run } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAADAgEABwcBA3J1bgAACgkBBwADQAwACws=', 'base64'))).exports;
try { run(); } catch { console.log('no'); } finally { console.log('no'); }
