// What is added to a set that forEach has cleared is visited.
var s = new Set([1, 2, 3]), n = 0; s.forEach(x => { s.clear(); if (n++ < 5) s.add(x + 10) }); n
//=> 6
var m = new Map([[1, 1], [2, 2]]), seen = []; for (const [k] of m) { seen.push(k); if (k === 1) { m.clear(); m.set(5, 5); m.set(6, 6) } } seen.join()
//=> 1,5,6
var s = new Set([1, 2, 3, 4, 5]); s.delete(2); s.delete(1); s.add(1); s.delete(5); s.add(9); [...s].join() + ' ' + s.size
//=> 3,4,1,9 4
// Deletions leave places, and places are dropped: the order stays.
var m = new Map(); for (let i = 0; i < 1000; i++) { m.set(i, i); if (i >= 10) m.delete(i - 10) } [...m.keys()].join()
//=> 990,991,992,993,994,995,996,997,998,999
var s = new Set(); for (let i = 0; i < 100; i++) s.add(i); const it = s.values(); it.next(); for (let i = 0; i < 98; i++) s.delete(i); s.add('x'); [...it].join()
//=> 98,99,x
// A copy of a set that is gone through is a set like others.
var s = new Set([1, 2, 3]), u; s.forEach(() => { u = s.union(new Set([4])) }); u.delete(1); u.add(5); [...u].join() + ' ' + u.size
//=> 2,3,4,5 4
var s = new Set([1, 2, 3]); [...s.intersection({ size: 9, has(x) { s.delete(x); return true }, keys() {} })].join()
//=> 1,2,3
var s = new Set([1, 2, 3, 4]); [...s.difference(new Set([1, 3]))].join() + ' ' + [...s.symmetricDifference(new Set([1, 7]))].join()
//=> 2,4 2,3,4,7
// The oldest goes first, a hundred thousand times.
var s = new Set(); for (let i = 0; i < 50000; i++) s.add(i); for (let i = 0; i < 49999; i++) s.delete(s.values().next().value); [...s].join()
//=> 49999
// Iterators that nobody has any more are collected while their map is changed
var map = new Map([[1, 1], [2, 2]]); for (var i = 0; i < 20000; i++) { for (var entry of map) break; map['p' + i % 3000] = { i } } map.size + Object.keys(map).length
//=> 3002
