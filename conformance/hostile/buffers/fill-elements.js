// out: 0,0,0,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5,0,0,0,0,0
// out: 0,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615
// out: 255,255,255,255,255,255,255,255,255,255,255,255
// out: 0,0,0,0,0,0,0,0,0,-7,-7,-7
// out: 0
// out: 0,0,9,9,9,9,9,9,9,9,9,9,9,9,0,0

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new Float32Array(20).fill(1.5, 3, 15).join());
T(() => new BigUint64Array(12).fill(-1n, 1).join());
T(() => new Uint8ClampedArray(12).fill(300).join());
T(() => new Int16Array(new ArrayBuffer(40), 2, 12).fill(-7, -3).join());
T(() => new Uint8Array(0).fill(1).length);
T(() => new Uint32Array(16).fill({ valueOf() { return 9; } }, 2, -2).join());
