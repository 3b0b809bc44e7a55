// out: 1000
// out: 3,1,2
// out: 3
// out: 3
// out: 3,1,2
// out: 1000
// out: Error
// out: 3
// out: 3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let seed = 1; const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
const a = Array.from({ length: 1000 }, (_, i) => i);
a.sort(() => random() - 0.5);
T(() => new Set(a).size);
T(() => [3, 1, 2].sort(() => NaN).join());
T(() => [3, 1, 2].sort(() => 1).length);
T(() => [3, 1, 2].sort(() => Infinity).length);
T(() => [3, 1, 2].sort(() => ({})).join());
T(() => Float64Array.from(a).sort(() => random() - 0.5).length);
T(() => Uint8Array.from([3, 1, 2]).sort(() => { throw new Error('no'); }));
T(() => Int8Array.from([3, 1, 2]).toSorted(() => -1).length);
T(() => BigInt64Array.from([3n, 1n, 2n]).sort(() => random() - 0.5).length);
