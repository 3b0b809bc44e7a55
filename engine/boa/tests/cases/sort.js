// Order and stability
[3, 1, 2].sort().join()
//=> 1,2,3
[10, 9, 1, 100, 2, 21].sort().join()
//=> 1,10,100,2,21,9
[10, -9, 1, -100, 2, 0, -0, 2147483647, -2147483648].sort().join()
//=> -100,-2147483648,-9,0,0,1,10,2,2147483647
['b', 'a', 'B', 'é', 'z', 'ab', ''].sort().join()
//=> ,B,a,ab,b,z,é
[true, null, undefined, 1, 'x', , NaN, 2n].sort().map(String).join()
//=> 1,2,NaN,null,true,x,undefined,
(a => [a.length, 5 in a, 4 in a, a.join()].join('|'))([3, , 1, undefined, , 2].sort())
//=> 6|false|false|1,2,3,,,
[...Array(200).keys()].map(i => ({ k: i % 7, i })).sort((a, b) => a.k - b.k).map(o => o.i).join()
//=> 0,7,14,21,28,35,42,49,56,63,70,77,84,91,98,105,112,119,126,133,140,147,154,161,168,175,182,189,196,1,8,15,22,29,36,43,50,57,64,71,78,85,92,99,106,113,120,127,134,141,148,155,162,169,176,183,190,197,2,9,16,23,30,37,44,51,58,65,72,79,86,93,100,107,114,121,128,135,142,149,156,163,170,177,184,191,198,3,10,17,24,31,38,45,52,59,66,73,80,87,94,101,108,115,122,129,136,143,150,157,164,171,178,185,192,199,4,11,18,25,32,39,46,53,60,67,74,81,88,95,102,109,116,123,130,137,144,151,158,165,172,179,186,193,5,12,19,26,33,40,47,54,61,68,75,82,89,96,103,110,117,124,131,138,145,152,159,166,173,180,187,194,6,13,20,27,34,41,48,55,62,69,76,83,90,97,104,111,118,125,132,139,146,153,160,167,174,181,188,195
[5, 1, 4].toSorted((a, b) => b - a).join() + [3, , 1].toSorted().length
//=> 5,4,13
Object.keys([3, , 1].toSorted()).join()
//=> 0,1,2
({ length: 3, 0: 'c', 1: 'a', 2: 'b', __proto__: Array.prototype }).sort().join()
//=> a,b,c
Array.prototype.sort.call({ length: 4, 0: 'c', 3: 'a' }, undefined)[1] === undefined
//=> false
[1].sort(3)
//!! TypeError
[1].sort(null)
//!! TypeError
[2, 1].sort((a, b) => { throw new RangeError('no') })
//!! RangeError: no
var a = [2, 1, 3]; try { a.sort(() => { a.length = 0; throw 1 }) } catch {} a.length
//=> 0
var a = [3, 2, 1]; a.sort((x, y) => { a.push(9); return x - y }); a.join()
//=> 1,2,3,9,9,9
Object.freeze([2, 1]).sort()
//!! TypeError
var log = []; [1, 2].sort(function (...args) { log.push(args.length, this === globalThis || this === undefined) }); log.join()
//=> 2,true
// Asking in V8's order: the trace of comparisons of many arrays, also with comparators that contradict themselves
function trace(n, seed, compare) {
  let state = seed, random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  let hash = 0, count = 0;
  const a = Array.from({ length: n }, () => Math.floor(random() * n));
  const sorted = a.sort((x, y) => { count++; hash = (hash * 31 + x * 7 + y) | 0; return compare(x, y, random) });
  for (const x of sorted) hash = (hash * 31 + x) | 0;
  return count + ':' + hash;
}
[2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 257, 1000, 5000].map(n => trace(n, n, (x, y) => x - y)).join(' ')
//=> 1:6728 2:1370419 22:-1220619621 114:-590312026 120:-1142966193 126:-111737839 294:726015248 304:-1567725112 307:-817426567 532:377679640 1732:-520885241 8625:1581158377 54935:-192268916
function trace(n, seed, compare) {
  let state = seed, random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  let hash = 0, count = 0;
  const a = Array.from({ length: n }, () => Math.floor(random() * n));
  const sorted = a.sort((x, y) => { count++; hash = (hash * 31 + x * 7 + y) | 0; return compare(x, y, random) });
  for (const x of sorted) hash = (hash * 31 + x) | 0;
  return count + ':' + hash;
}
[2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 257, 1000, 5000].map(n => trace(n, n, (x, y, random) => random() - 0.5)).join(' ')
//=> 1:6758 3:42007263 20:-1875105835 114:603545741 114:-224597075 120:1294749763 289:442301425 288:2096141898 288:1087491929 519:-1736053454 1652:-655857412 8255:2000876396 52813:-494460511
function trace(n, seed, compare) {
  let state = seed, random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  let hash = 0, count = 0;
  const a = Array.from({ length: n }, () => Math.floor(random() * n));
  const sorted = a.sort((x, y) => { count++; hash = (hash * 31 + x * 7 + y) | 0; return compare(x, y, random) });
  for (const x of sorted) hash = (hash * 31 + x) | 0;
  return count + ':' + hash;
}
[50, 64, 100, 300, 2000].map(n => [(x, y) => x > y, (x, y) => -1, (x, y) => 1, (x, y) => x < y ? -1 : 0, (x, y) => (x & 15) - (y & 15), (x, y) => NaN, (x, y) => ((x * 7919) % 13) - ((y * 31) % 17)].map(f => trace(n, n, f)).join(',')).join(' ')
//=> 49:-1088191761,49:155911265,49:-1088191761,217:1541210175,217:-158991513,49:-1088191761,217:101390613 63:1951978073,63:1136088647,63:1951978073,304:-1567725112,298:-76405005,63:1951978073,290:-1134255543 99:520392949,99:643493275,99:520392949,532:377679640,526:141319959,99:520392949,460:2135916757 299:-820404396,299:282590736,299:-820404396,2077:1579695433,2040:905445986,299:-820404396,1450:1546377945 1999:-1566583994,1999:-1097886686,1999:-1566583994,19272:1466327653,15109:-421078473,1999:-1566583994,10189:-603364440
function runs(n, pieces) { const a = []; for (let p = 0; p < pieces; p++) for (let i = 0; i < n; i++) a.push(p % 2 ? n - i : i * pieces + p); return a }
[[100, 3], [500, 7], [64, 20], [1000, 2]].map(([n, p]) => { let c = 0, h = 0; const s = runs(n, p).sort((x, y) => { c++; h = (h * 33 + x - y) | 0; return x - y }); return c + ':' + h + ':' + s.every((x, i) => !i || s[i - 1] <= x) }).join(' ')
//=> 730:1403348743:true 12204:688803750:true 6291:2030477057:true 3501:1195020768:true
// Typed arrays
new Float64Array([3, NaN, -0, 0, -Infinity, 1]).sort().join() + Object.is(new Float64Array([0, -0]).sort()[0], -0)
//=> -Infinity,0,0,1,3,NaNtrue
new Int8Array([3, -1, 2]).sort((a, b) => b - a).join() + new BigInt64Array([3n, -1n]).toSorted().join()
//=> 3,2,-1-1,3
new Uint8Array([5, 4, 3, 2, 1]).sort(() => Math.random() - 0.5).length
//=> 5
