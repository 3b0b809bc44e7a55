// out: 65536 0
// out: TypeError 0

// The buffer goes while natives of the engine work with views of it.
const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
const bytes = new Uint8Array(memory.buffer);
const before = bytes.length;
bytes.sort((a, b) => { if (memory.buffer.byteLength < 100000) memory.grow(1); return a - b; });
console.log(before, bytes.length);
const again = new Uint32Array(memory.buffer);
try { again.fill({ valueOf() { memory.grow(1); return 7; } }); } catch (error) { console.log(error.name, again.length); }
