// Short slices are copies, one unit is a static string
var long = 'abcdefghij'.repeat(20); [long.slice(3, 5), long.slice(0, 0), long[7], long.slice(100, 150) === long.slice(0, 50), 'é'[0] === '\u00e9', '\ud83d\ude00'[0] === '\ud83d'].join()
//=> de,,h,true,true,true
var wide = 'äöü€'.repeat(30); [wide[3], wide.slice(2, 5), wide.slice(0, 60) === 'äöü€'.repeat(15), ' trimmed text that is longer than what is copied '.trim()].join()
//=> €,ü€ä,true,trimmed text that is longer than what is copied
// A slice of a slice of a slice is dropped without a chain of calls
var rest = 'x'.repeat(100000); while (rest.length > 100) rest = rest.slice(1); rest.length
//=> 100
// A text of narrow units and the same text of wide units are one key
var o = { abcdefgh1: 1, length1: 2 }; [o['€abcdefgh1'.slice(1)], o[('€'.repeat(40) + 'abcdefgh1').slice(40)], o['€length1'.slice(1)], [].concat(1)['€length'.slice(1)]].join()
//=> 1,1,2,1
var m = new Map([['a long key that is longer than what is copied', 1]]); m.get('€a long key that is longer than what is copied'.slice(1))
//=> 1
