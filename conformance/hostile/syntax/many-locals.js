// out: 19999
// out: RangeError
// out: 5

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new Function(Array.from({ length: 2e4 }, (_, i) => `var v${i}=${i};`).join('') + 'return v19999')());
T(() => new Function(Array.from({ length: 2e3 }, (_, i) => `let v${i}=${i};{`).join('') + 'globalThis.z=v1999' + '}'.repeat(2e3) + ';return z')());
T(() => new Function('switch(1){' + Array.from({ length: 1e4 }, (_, i) => `case ${i + 2}:`).join('') + 'default:return 5}')());
