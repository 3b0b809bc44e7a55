// out: TypeError
// out: RangeError
// out: Error
// out: TypeError
// out: 0
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Atomics.add(new Float64Array(1), 0, 1));
T(() => Atomics.add(new Int32Array(1), 1, 1));
T(() => Atomics.store(new Int32Array(1), 0, { valueOf() { throw new Error('v'); } }));
T(() => Atomics.wait(new Int32Array(1), 0, 0, 0));
T(() => Atomics.notify(new Int32Array(1), 0));
T(() => Atomics.load([1], 0));
