// source and String(re)
[/a\/b/, new RegExp('a/b'), new RegExp('[/]'), new RegExp('\n'), new RegExp('\\\n'), new RegExp(''), new RegExp('\\/'), new RegExp('a\\\\/b'), /[\]/]/, new RegExp('\u2028\r'), new RegExp('é/中')].map(r => r.source + ' ' + String(r) + ' ' + (new RegExp(r.source).source === r.source)).join('\n')
//=> a\/b /a\/b/ true\na\/b /a\/b/ true\n[/] /[/]/ true\n\n /\n/ true\n\n /\n/ true\n(?:) /(?:)/ true\n\/ /\// true\na\\\/b /a\\\/b/ true\n[\]/] /[\]/]/ true\n\u2028\r /\u2028\r/ true\né\/中 /é\/中/ true
/x/gimsuyd.flags + ' ' + /x/v.flags + ' ' + Object.create(RegExp.prototype, { global: { value: 1 }, sticky: { value: 1 }, hasIndices: { value: 0 }, ignoreCase: { value: 0 }, multiline: { value: 0 }, dotAll: { value: 0 }, unicode: { value: 0 }, unicodeSets: { value: 0 } }).flags
//=> dgimsuy v gy
/\u{61}/.test('a') + ' ' + /\u{61}/.test('u'.repeat(61)) + ' ' + /\u{61}/u.test('a') + ' ' + /\u0061/.test('a')
//=> false true true true
// exec and its array
(m => [m.index, m.input, m.length, m[0], m[1], m[2], m.groups, Object.keys(m).join()].join('|'))(/(b)(x)?/.exec('abc'))
//=> 1|abc|3|b|b|||0,1,2,index,input,groups
(m => [JSON.stringify(m.groups), m.groups.x, Object.getPrototypeOf(m.groups)].join('|'))(/(?<x>b)(?<y>z)?/.exec('abc'))
//=> {"x":"b"}|b|
(m => JSON.stringify([m.indices, m.indices.groups]))(/(?<x>b)(?<y>z)?(c)/d.exec('abc'))
//=> [[[1,3],[1,2],null,[2,3]],{"x":[1,2]}]
JSON.stringify(/(?:(?<y>\d{4})-(?<m>\d\d)|(?<m>\d\d)\/(?<y>\d{4}))/.exec('05/2024').groups)
//=> {"y":"2024","m":"05"}
(r => { const out = []; let m; while ((m = r.exec('aXbXc'))) out.push(m.index, r.lastIndex); out.push(r.lastIndex); return out.join() })(/X/g)
//=> 1,2,3,4,0
(r => { r.lastIndex = 1; const a = r.test('xab'); const i = r.lastIndex; r.lastIndex = 0; return [a, i, r.test('xab'), r.lastIndex].join() })(/a/y)
//=> true,2,false,0
(r => { r.lastIndex = 5; return [r.test('abc'), r.lastIndex].join() })(/a/g)
//=> false,0
(r => { r.lastIndex = 'x'; return [r.exec('a').index, r.lastIndex].join() })(/a/)
//=> 0,x
Object.freeze(/a/g).test('ba')
//!! TypeError
(r => { Object.defineProperty(r, 'lastIndex', { writable: false, value: 0 }); try { r.test('ba'); return 'no' } catch (e) { return e.name } })(/a/g)
//=> TypeError
/./gu[Symbol.match]('😀x').length + ' ' + /./g[Symbol.match]('😀x').length
//=> 2 3
(r => { r.lastIndex = 1; const m = r.exec('😀'); return m && [m.index, m[0].length, r.lastIndex].join() })(/./gu)
//=> 0,2,2
RegExp.prototype.exec.call({}, 'x')
//!! TypeError
/(?:)/.exec(undefined).input
//=> undefined
// Strings
'aXbXc'.replace(/X/g, '-') + 'aXbXc'.replace(/X/, '-') + 'abc'.replace(/(b)(c)?/, '[$1$2$3$$$&$`$\'$01$10$0]') + 'x'.replace(/(?<n>x)/, '$<n>$<m>$<n') + 'x'.replace(/x/, '$<n>')
//=> a-b-ca-bXca[bc$3$bcabb0$0]x$<n$<n>
'2024-05-17'.replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/, (...a) => JSON.stringify(a))
//=> ["2024-05-17","2024","05","17",0,"2024-05-17",{"y":"2024","m":"05","d":"17"}]
'abc'.replace(/(?:)/g, '-') + '😀'.replace(/(?:)/gu, '-') + '😀'.replace(/(?:)/g, '-').length
//=> -a-b-c--😀-5
'aaa'.replace(/a/g, (m, i) => i) + 'aaa'.replace(/a/gy, 'b') + 'baa'.replace(/a/gy, 'c') + 'aab'.replace(/a/y, 'c')
//=> 012bbbbaacab
'abcabc'.match(/b/g).join() + 'abc'.match(/b/).index + 'abc'.match(/x/g) + 'abc'.match(/x/) + 'aba'.match(/a/gy).join()
//=> b,b1nullnulla
[...'a1b22'.matchAll(/\d+/g)].map(m => m.index + m[0]).join() + [...'ab'.matchAll(/(?:)/g)].length
//=> 11,3223
'abc'.search(/c/) + ' ' + 'abc'.search(/x/) + ' ' + 'abc'.search(/b/y) + ' ' + 'abc'.search(/a/y)
//=> 2 -1 -1 0
['a,b;c'.split(/[,;]/), 'abc'.split(/(?:)/), 'a1b2c'.split(/(\d)/), 'abc'.split(/x/), ''.split(/x/), ''.split(/(?:)/), 'abc'.split(/(b)?/), 'a,b,c'.split(/,/, 2), 'aXbX'.split(/X/), 'Xa'.split(/X/), 'test'.split(/(?=s)/), 'A<B>bold</B>and<CODE>coded</CODE>'.split(/<(\/)?([^<>]+)>/), '😀a'.split(/(?:)/u), 'ab'.split(/a*?/), 'ab'.split(/a*/), 'a b'.split(/ /y)].map(a => JSON.stringify(a)).join('\n')
//=> ["a","b","c"]\n["a","b","c"]\n["a","1","b","2","c"]\n["abc"]\n[""]\n[]\n["a","b","c"]\n["a","b"]\n["a","b",""]\n["","a"]\n["te","st"]\n["A",null,"B","bold","/","B","and",null,"CODE","coded","/","CODE",""]\n["😀","a"]\n["a","b"]\n["","b"]\n["a","b"]
'x'.repeat(3).replaceAll(/x/g, 'yy') + 'x'.replaceAll('x', '$$')
//=> yyyyyy$
// Legacy statics
/(b)(c)?(d)/.exec('abdz'); [RegExp.$1, RegExp.$2, RegExp.$3, RegExp.$9, RegExp.lastMatch, RegExp['$&'], RegExp.lastParen, RegExp['$+'], RegExp.leftContext, RegExp['$`'], RegExp.rightContext, RegExp["$'"], RegExp.input, RegExp.$_].join('|')
//=> b||d||bd|bd|d|d|a|a|z|z|abdz|abdz
'x-y'.replace(/(\w)-(\w)/, () => RegExp.$2 + RegExp.$1)
//=> yx
'aXbX'.replace(/X/g, '') + RegExp.leftContext; /nomatch/.test('y'); RegExp.leftContext
//=> aXb
RegExp.input = 5; RegExp.$_
//=> 5
// Changed by the program
(r => { r.exec = () => null; return 'a'.replace(r, 'b') + r.test('a') })(/a/)
//=> afalse
(() => { const old = RegExp.prototype.exec; let n = 0; RegExp.prototype.exec = function (s) { n++; return old.call(this, s) }; try { 'aba'.replace(/a/g, 'c'); /x/.test('x'); 'a-b'.split(/-/); return n } finally { RegExp.prototype.exec = old } })()
//=> 7
(() => { const d = Object.getOwnPropertyDescriptor(RegExp.prototype, 'global'); Object.defineProperty(RegExp.prototype, 'global', { get() { return false }, configurable: true }); try { return 'aa'.replace(/a/g, 'b') } finally { Object.defineProperty(RegExp.prototype, 'global', d) } })()
//=> ba
(() => { class R extends RegExp { exec(s) { const m = super.exec(s); if (m) m[0] = m[0].toUpperCase(); return m } } return 'abc'.match(new R('b')).join() + 'abcb'.replace(new R('b', 'g'), '[$&]') + 'aXb'.split(new R('X')) })()
//=> Ba[B]c[B]a,b
(r => { const m = r[Symbol.matchAll]('aa'); RegExp.prototype.exec.call(r, 'aa'); return [...m].length })(/a/g)
//=> 2
(r => { r.compile('b', 'g'); return r + r.test('abc') })(/a/)
//=> /b/gtrue
// Matching
[/(a*)*/, /(a*)+/, /(?:a?)*?b/, /(z)((a+)?(b+)?(c))*/, /(?=(a+))a*b\1/, /(.*?)a(?!(a+)b\2c)\2(.*)/, /\b(?:foo|foobar)\b/, /^(?:(?:a|ab){2}c?)*$/m, /[^]/, /[]/, /a|ab/, /((a)|(ab))((c)|(bc))/, /a[a-z]{2,4}?/, /(aa|aabaac|ba|b|c)*/, /(?<=(\d+)(\d+))$/, /(?<!a)b/, /\cJ/, /[\b]/, /\0/, /\x41\u0042/, /(?i:A)b/, /a{,2}/, /x{0}y/, /(?:)+/, /$^/, /\w+@\w+\.\w+/].map(r => JSON.stringify(['aabb', 'zaacbbbcac', 'baaabac', 'a foobar b', 'aabaac', 'abc', 'abcdef', '1053', '\n', '\b', '\0', 'AB', 'a{,2}', 'y', '', 'me@x.org'].map(s => { const m = r.exec(s); return m && [m.index, ...m] }))).join('\n')
//=> [[0,"aa","aa"],[0,"",null],[0,"",null],[0,"a","a"],[0,"aa","aa"],[0,"a","a"],[0,"a","a"],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"a","a"],[0,"",null],[0,"",null],[0,"",null]]\n[[0,"aa","aa"],[0,"",""],[0,"",""],[0,"a","a"],[0,"aa","aa"],[0,"a","a"],[0,"a","a"],[0,"",""],[0,"",""],[0,"",""],[0,"",""],[0,"",""],[0,"a","a"],[0,"",""],[0,"",""],[0,"",""]]\n[[0,"aab"],[4,"b"],[0,"b"],[5,"b"],[0,"aab"],[0,"ab"],[0,"ab"],null,null,null,null,null,null,null,null,null]\n[null,[0,"zaacbbbcac","z","ac","a",null,"c"],null,null,null,null,null,null,null,null,null,null,null,null,null,null]\n[null,null,[3,"aba","a"],null,[0,"aabaa","aa"],null,null,null,null,null,null,null,null,null,null,null]\n[[0,"aabb","",null,"abb"],[0,"zaacbbbcac","z",null,"acbbbcac"],[0,"baaabac","b",null,"aabac"],[0,"a foobar b","",null," foobar b"],[0,"aabaac","",null,"abaac"],[0,"abc","",null,"bc"],[0,"abcdef","",null,"bcdef"],null,null,null,null,null,[0,"a{,2}","",null,"{,2}"],null,null,null]\n[null,null,null,[2,"foobar"],null,null,null,null,null,null,null,null,null,null,null,null]\n[null,null,null,null,[0,"aabaac"],null,null,null,[0,""],null,null,null,null,null,[0,""],null]\n[[0,"a"],[0,"z"],[0,"b"],[0,"a"],[0,"a"],[0,"a"],[0,"a"],[0,"1"],[0,"\n"],[0,"\b"],[0,"\u0000"],[0,"A"],[0,"a"],[0,"y"],null,[0,"m"]]\n[null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]\n[[0,"a"],[1,"a"],[1,"a"],[0,"a"],[0,"a"],[0,"a"],[0,"a"],null,null,null,null,null,[0,"a"],null,null,null]\n[null,[2,"ac","a","a",null,"c","c",null],[5,"ac","a","a",null,"c","c",null],null,[4,"ac","a","a",null,"c","c",null],[0,"abc","a","a",null,"bc",null,"bc"],[0,"abc","a","a",null,"bc",null,"bc"],null,null,null,null,null,null,null,null,null]\n[[0,"aab"],[1,"aac"],[1,"aaa"],null,[0,"aab"],[0,"abc"],[0,"abc"],null,null,null,null,null,null,null,null,null]\n[[0,"aabb","b"],[0,"",null],[0,"baaabac","c"],[0,"",null],[0,"aaba","ba"],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null],[0,"",null]]\n[null,null,null,null,null,null,null,[4,"","1","053"],null,null,null,null,null,null,null,null]\n[[3,"b"],[4,"b"],[0,"b"],[5,"b"],null,null,null,null,null,null,null,null,null,null,null,null]\n[null,null,null,null,null,null,null,null,[0,"\n"],null,null,null,null,null,null,null]\n[null,null,null,null,null,null,null,null,null,[0,"\b"],null,null,null,null,null,null]\n[null,null,null,null,null,null,null,null,null,null,[0,"\u0000"],null,null,null,null,null]\n[null,null,null,null,null,null,null,null,null,null,null,[0,"AB"],null,null,null,null]\n[[1,"ab"],null,[3,"ab"],null,[1,"ab"],[0,"ab"],[0,"ab"],null,null,null,null,null,null,null,null,null]\n[null,null,null,null,null,null,null,null,null,null,null,null,[0,"a{,2}"],null,null,null]\n[null,null,null,null,null,null,null,null,null,null,null,null,null,[0,"y"],null,null]\n[[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""],[0,""]]\n[null,null,null,null,null,null,null,null,null,null,null,null,null,null,[0,""],null]\n[null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,[0,"me@x.org"]]
[/é/i, /[à-ü]/i, /\u212a/i, /\u212a/iu, /[^\W]/iu, /ſ/i, /ſ/iu, /ß/i, /Σ/i, /\w/iu, /[\u{1F600}-\u{1F64F}]/u, /\p{L}+/u, /\p{Script=Greek}/u, /[\p{L}--[a-z]]/v, /^.$/su, /\P{ASCII}/u, /[😀]/, /\ud83d/, /\ud83d/u, /(?<=\ud83d)\ude00/, /😀{2}/u].map(r => JSON.stringify(['É', 'À', 'k', 'K', 's', 'S', 'ſ', 'σς', '😀', '😀😀', 'aZé', '\n', '\ud83d'].map(s => { const m = r.exec(s); return m ? m.index + ':' + m[0].length : 0 }))).join('\n')
//=> ["0:1",0,0,0,0,0,0,0,0,0,"2:1",0,0]\n["0:1","0:1",0,0,0,0,0,0,0,0,"2:1",0,0]\n[0,0,0,0,0,0,0,0,0,0,0,0,0]\n[0,0,"0:1","0:1",0,0,0,0,0,0,0,0,0]\n[0,0,"0:1","0:1","0:1","0:1","0:1",0,0,0,"0:1",0,0]\n[0,0,0,0,0,0,"0:1",0,0,0,0,0,0]\n[0,0,0,0,"0:1","0:1","0:1",0,0,0,0,0,0]\n[0,0,0,0,0,0,0,0,0,0,0,0,0]\n[0,0,0,0,0,0,0,"0:1",0,0,0,0,0]\n[0,0,"0:1","0:1","0:1","0:1","0:1",0,0,0,"0:1",0,0]\n[0,0,0,0,0,0,0,0,"0:2","0:2",0,0,0]\n["0:1","0:1","0:1","0:1","0:1","0:1","0:1","0:2",0,0,"0:3",0,0]\n[0,0,0,0,0,0,0,"0:1",0,0,0,0,0]\n["0:1","0:1",0,"0:1",0,"0:1","0:1","0:1",0,0,"1:1",0,0]\n["0:1","0:1","0:1","0:1","0:1","0:1","0:1",0,"0:2",0,0,"0:1","0:1"]\n["0:1","0:1",0,0,0,0,"0:1","0:1","0:2","0:2","2:1",0,"0:1"]\n[0,0,0,0,0,0,0,0,"0:1","0:1",0,0,"0:1"]\n[0,0,0,0,0,0,0,0,"0:1","0:1",0,0,"0:1"]\n[0,0,0,0,0,0,0,0,0,0,0,0,"0:1"]\n[0,0,0,0,0,0,0,0,"1:1","1:1",0,0,0]\n[0,0,0,0,0,0,0,0,0,"0:4",0,0,0]
/(a+)+$/.test('a'.repeat(25) + 'b')
//=> false
/^(?:a|b)*c$/.test('ab'.repeat(200000) + 'c')
//=> true
new RegExp('(')
//!! SyntaxError
new RegExp('a', 'gg')
//!! SyntaxError
new RegExp('[b-a]')
//!! SyntaxError
/(?<n>a)(?<n>b)/
//!! SyntaxError
'a\nb'.replace(/^/gm, '> ')
//=> > a\n> b
var s = 'x'.repeat(100000) + 'é中', n = 0; for (const m of s.matchAll(/x{10}/g)) n++; n
//=> 10000
// Of the groups of one name the one that took part is meant; names are made of characters, not of units.
/(?:(?<x>a)|(?<x>b))\k<x>/.exec('bb').join() + ' ' + /^(?:(?<a>x)|(?<a>y)|z)\k<a>$/.exec('zz') + ' ' + /(?<\u{1d453}>f)/.exec('f').groups['\u{1d453}']
//=> bb,,b null f
