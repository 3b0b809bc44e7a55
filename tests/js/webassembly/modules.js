// What a module tells of itself, and what is no module.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

// (module
//   (import "a" "f" (func $f (param i32)))
//   (import "a" "g" (global i64))
//   (import "b" "m" (memory 1 2))
//   (import "b" "" (table 1 funcref))
//   (export "run" (func $f))
//   (global (export "count") (mut i32) (i32.const 5))
//   (func (export "a name"))
//   (export "memory" (memory 0)))
const full = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABCAJgAX8AYAAAAh0EAWEBZgAAAWEBZwN+AAFiAW0CAQECAWIAAXAAAQMCAQEGBgF/AUEFCwchBANydW4AAAVjb3VudAMBBmEgbmFtZQABBm1lbW9yeQIACgQBAgAL', 'base64'));

console.log(WebAssembly.Module.imports(full), WebAssembly.Module.exports(full), WebAssembly.Module.customSections(full, 'name'));
const header = [0, 97, 115, 109, 1, 0, 0, 0];
const module = (...bytes) => new WebAssembly.Module(Uint8Array.from(bytes));
attempt('no argument', () => new WebAssembly.Module());
attempt('a number', () => new WebAssembly.Module(1));
for (const bytes of [[], [1, 2, 3], [1, 2, 3, 4], [0, 97, 115, 109], [0, 97, 115, 109, 2, 0, 0, 0], [0, 97, 115, 109, 1, 0], [...header, 99, 1, 0], [...header, 1, 100, 0], [...header, 3, 1, 0, 1, 1, 0]]) {
  attempt(bytes.join(), () => module(...bytes));
  console.log(WebAssembly.validate(Uint8Array.from(bytes)));
}
attempt('an ArrayBuffer', () => new WebAssembly.Module(Uint8Array.from(header).buffer));
attempt('a DataView', () => new WebAssembly.Module(new DataView(Uint8Array.from([9, ...header, 9]).buffer, 1, 8)));
console.log(WebAssembly.validate(Uint8Array.from(header)));
attempt('validate', () => WebAssembly.validate({}));
const custom = module(...header, 0, 5, 1, 120, 1, 2, 3, 0, 3, 1, 121, 9, 0, 2, 1, 120);
console.log(WebAssembly.Module.customSections(custom, 'x'), WebAssembly.Module.customSections(custom, 'z'));
attempt('customSections', () => WebAssembly.Module.customSections(custom));
attempt('exports', () => WebAssembly.Module.exports({}));
attempt('imports', () => WebAssembly.Module.imports());
