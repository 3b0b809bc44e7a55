// out: RangeError RangeError RangeError
// out: 1

// (module (import "a" "f" (func $f)) (func $r (export "self") (call $r)) (func (export "through") (call $f)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACBwEBYQFmAAADAwIAAAcSAgRzZWxmAAEHdGhyb3VnaAACCgsCBAAQAQsEABAACw==', 'base64'));
const caught = (work) => { try { work(); } catch (error) { return error.name; } };
const { self, through } = new WebAssembly.Instance(module, { a: { f: () => through() } }).exports;
const nested = new WebAssembly.Instance(module, { a: { f: () => new WebAssembly.Instance(module, { a: { f: () => nested.through() } }).exports.through() } }).exports;
console.log(caught(self), caught(through), caught(() => nested.through()));
console.log([1].map((x) => x)[0]);
