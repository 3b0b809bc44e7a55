// Long strings that begin alike do not disturb each other
var a = 'x'.repeat(300) + '1'; a += '2'; a += '3'; var b = a + 'b', c = a + 'c', d = b + 'd'; [a.slice(299), b.slice(299), c.slice(299), d.slice(299)].join()
//=> x123,x123b,x123c,x123bd
// Built piece by piece
var s = ''; for (var i = 0; i < 5000; i++) s += i; s.length + s.slice(-8)
//=> 1889049984999
// Wide characters come in between
var s = 'a'.repeat(300); s += 'b'; s += 'c'; s += '\u20ac'; s += 'd'; s += '\u{1f600}'; s += 'e'; s.slice(298) + s.length
//=> aabc€d😀e307
// Pieces that are the string itself
var s = 'ab'.repeat(200); for (var i = 0; i < 5; i++) s += s; s.length + ',' + s.lastIndexOf('a') + ',' + (s === 'ab'.repeat(6400))
//=> 12800,12798,true
// As keys, in comparisons, in templates
var s = 'k'.repeat(256); s += 'a'; s += 'b'; var o = {}; o[s] = 1; var t = `${s}c`; [o['k'.repeat(256) + 'ab'], s < t, t.endsWith('abc'), `${t}${s}`.length, s.at(-1)].join()
//=> 1,true,true,517,b
// Slices of a string that grows
var s = 'q'.repeat(400) + 'r'; s += 's'; var part = s.slice(390); s += 't'.repeat(1000); part
//=> qqqqqqqqqqrs
// Too long
var s = 'x'.repeat(2 ** 28); s += s.slice(24); s.length + (() => { try { return s + 'yy'.repeat(100) } catch (e) { return e.name + e.message } })()
//=> 536870888RangeErrorInvalid string length
// Nothing is added
var s = 'e'.repeat(300) + 'f'; (s + '') === s && ('' + s) === s
//=> true
