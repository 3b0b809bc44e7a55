// Collation
['résumé', 'resume', 'Resume', 'résumes', 'resumé', 'a b', 'ab', 'a-b', 'A', 'a', 'Z', 'z', '10', '9', '_a', 'é', 'e', 'f', 'ä', 'Ä', 'aa', 'ab', 'AB', 'aB', 'Ab', ' a', '中', 'Ω', 'я', 'ñ', 'n', 'o', '$', '1'].sort((a, b) => a.localeCompare(b)).join('|')
//=>  a|_a|$|1|10|9|a|A|ä|Ä|a b|a-b|aa|ab|ab|aB|Ab|AB|e|é|f|n|ñ|o|resume|Resume|resumé|résumé|résumes|z|Z|Ω|я|中
['a', 'A', 'b', 'B', 'á', 'Á', 'a1', 'A1', '_', '-', 'á1', 'æ', 'ae', 'af', 'ß', 'ss', 'st', 'ø', 'o', 'oz', 'p', 'đ', 'd', 'dz', 'ł', 'l', 'lz', 'þ', 'z'].sort((a, b) => a.localeCompare(b)).join('|')
//=> _|-|a|A|á|Á|a1|A1|á1|ae|æ|af|b|B|d|đ|dz|l|ł|lz|o|ø|oz|p|ss|ß|st|z|þ
" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~09azAZ".split('').sort((a, b) => a.localeCompare(b)).join('')
//=>  _-,;:!?.'"()[]{}@*/\&#%`^+<=>|~$09aAzZ
['a'.localeCompare('b'), 'b'.localeCompare('a'), 'a'.localeCompare('a'), 'a'.localeCompare('A'), 'A'.localeCompare('a'), 'a'.localeCompare('á'), ''.localeCompare('a'), 'a'.localeCompare('\0a'), 'aB'.localeCompare('Ab'), 'a'.localeCompare('a ')].join()
//=> -1,1,0,-1,1,-1,-1,0,-1,-1
['item 10', 'item 9', 'item 1', 'item 010', 'Item 2'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true, sensitivity: 'base' })).join('|')
//=> item 1|Item 2|item 9|item 10|item 010
['base', 'accent', 'case', 'variant'].map(sensitivity => ['a', 'á', 'A', 'b'].map(x => 'a'.localeCompare(x, 'en', { sensitivity })).join()).join('|')
//=> 0,0,0,-1|0,-1,0,-1|0,0,-1,-1|0,-1,-1,-1
'a'.localeCompare('b', 'en', { sensitivity: 'x' })
//!! RangeError
['b', 'B', 'a', 'A'].sort((x, y) => x.localeCompare(y, 'en', { caseFirst: 'upper' })).join()
//=> A,a,B,b
String.prototype.localeCompare.call(null, 'a')
//!! TypeError
'v1.10.0'.localeCompare('v1.9.0', 'en', { numeric: true }) + ' ' + 'v1.10.0'.localeCompare('v1.9.0')
//=> 1 -1
// Numbers
[1234.5678, -0, 0, 1e21, 123456789012345680000, 0.0005, 1.0005, 2.5, NaN, -Infinity, 1e100, 5e-324, 999.9995, -1234567.891, 1000, 100].map(n => n.toLocaleString()).join('|')
//=> 1,234.568|-0|0|1,000,000,000,000,000,000,000|123,456,789,012,345,680,000|0.001|1.001|2.5|NaN|-∞|10,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000,000|0|1,000|-1,234,567.891|1,000|100
12345678901234567890n.toLocaleString() + (-5n).toLocaleString()
//=> 12,345,678,901,234,567,890-5
[1234.5, new Date(0), null, 'a', 12345n, undefined].toLocaleString()
//=> 1,234.5,1/1/1970, 12:00:00 AM,,a,12,345,
(1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 }) + ' ' + (1234.567).toLocaleString('en-US', { maximumFractionDigits: 0 }) + ' ' + (0.256).toLocaleString('en-US', { style: 'percent' }) + ' ' + (1234.5).toLocaleString('en-US', { style: 'currency', currency: 'USD' }) + ' ' + (-1234.5).toLocaleString('en-US', { style: 'currency', currency: 'EUR' }) + ' ' + (1234567).toLocaleString('en-US', { useGrouping: false }) + ' ' + (5).toLocaleString('en-US', { minimumIntegerDigits: 2 })
//=> 1,234.50 1,235 26% $1,234.50 -€1,234.50 1234567 05
[[123456, 3], [0.00123456, 2], [1.005, 3], [99999, 2], [5, 3]].map(([n, d]) => n.toLocaleString('en-US', { maximumSignificantDigits: d })).join(' ') + ' ' + (5).toLocaleString('en-US', { minimumSignificantDigits: 3 })
//=> 123,000 0.0012 1.01 100,000 5 5.00
(1).toLocaleString('en-US', { minimumFractionDigits: 101 })
//!! RangeError
(1).toLocaleString('en-US', { style: 'currency' })
//!! TypeError
// Dates
var d = new Date(2024, 0, 2, 15, 4, 5, 67); [d.toLocaleString(), d.toLocaleDateString(), d.toLocaleTimeString(), new Date(NaN).toLocaleString(), new Date(2024, 11, 31, 0, 0).toLocaleString(), new Date(2024, 11, 31, 12, 0).toLocaleTimeString()].join('|')
//=> 1/2/2024, 3:04:05 PM|1/2/2024|3:04:05 PM|Invalid Date|12/31/2024, 12:00:00 AM|12:00:00 PM
var d = new Date(2024, 0, 2, 15, 4, 5, 67); [{ year: 'numeric', month: 'long', day: 'numeric' }, { weekday: 'long', year: 'numeric', month: 'short', day: 'numeric' }, { month: 'long', year: 'numeric' }, { month: '2-digit', day: '2-digit', year: 'numeric' }, { month: 'short', day: 'numeric' }, { weekday: 'short' }, { year: 'numeric' }, { dateStyle: 'full' }, { dateStyle: 'long' }, { dateStyle: 'medium' }, { dateStyle: 'short' }].map(o => d.toLocaleDateString('en-US', o)).join('|')
//=> January 2, 2024|Tuesday, Jan 2, 2024|January 2024|01/02/2024|Jan 2|Tue|2024|Tuesday, January 2, 2024|January 2, 2024|Jan 2, 2024|1/2/24
var d = new Date(2024, 0, 2, 15, 4, 5, 67); [{ hour: '2-digit', minute: '2-digit' }, { hour12: false }, { hour: 'numeric', minute: '2-digit', hour12: true }, { timeStyle: 'short' }, { timeStyle: 'medium' }, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }, { timeZone: 'UTC', timeZoneName: 'short' }, { hour: 'numeric' }].map(o => d.toLocaleTimeString('en-US', o)).join('|')
//=> 03:04 PM|15:04:05|3:04 PM|3:04 PM|3:04:05 PM|03:04:05.067 PM|3:04:05 PM UTC|3 PM
var d = new Date(2024, 0, 2, 15, 4, 5, 67); [{ dateStyle: 'medium', timeStyle: 'short' }, { dateStyle: 'full', timeStyle: 'long', timeZone: 'UTC' }, { timeZone: 'UTC' }, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }].map(o => d.toLocaleString('en-US', o)).join('|')
//=> Jan 2, 2024, 3:04 PM|Tuesday, January 2, 2024 at 3:04:05 PM UTC|1/2/2024, 3:04:05 PM|Jan 2, 3:04 PM
