// Values
JSON.stringify(JSON.parse('{"a":[1,-2.5e3,true,false,null,"x\\n\\u00e9\\ud83d\\ude00"],"b":{"c":{}}, "d" : [ ] }'))
//=> {"a":[1,-2500,true,false,null,"x\né😀"],"b":{"c":{}},"d":[]}
Object.is(JSON.parse('-0'), -0) + ' ' + JSON.parse('1e400') + ' ' + JSON.parse('-1E400') + ' ' + JSON.parse('123456789012345678901234567890') + ' ' + JSON.parse('0.1e-7')
//=> true Infinity -Infinity 1.2345678901234568e+29 1e-8
JSON.parse('[2147483647,2147483648,-2147483648,-2147483649,999999999,1000000000]').join()
//=> 2147483647,2147483648,-2147483648,-2147483649,999999999,1000000000
JSON.parse('"\\ud800"').charCodeAt(0).toString(16) + JSON.parse('"\ud800x"').length
//=> d8002
(o => [Object.keys(o).join(), Object.getPrototypeOf(o) === Object.prototype, o.__proto__].join('|'))(JSON.parse('{"b":1,"__proto__":2,"a":3,"10":4,"2":5,"b":6}'))
//=> 2,10,b,__proto__,a|true|2
JSON.stringify(JSON.parse('{"a":1,"b":2,"a":3}'))
//=> {"a":3,"b":2}
JSON.stringify(JSON.parse('[{"a":1,"b":2},{"a":3,"b":4},{"b":5,"a":6},{"a":7},{"a":8,"c":9,"b":10},{}]'))
//=> [{"a":1,"b":2},{"a":3,"b":4},{"b":5,"a":6},{"a":7},{"a":8,"c":9,"b":10},{}]
(n => { let s = '{'; for (let i = 0; i < n; i++) s += (i ? ',' : '') + '"k' + i + '":' + i; const o = JSON.parse(s + '}'); return Object.keys(o).length + ':' + o.k0 + ':' + o['k' + (n - 1)] })(1000)
//=> 1000:0:999
(n => { const o = JSON.parse('['.repeat(n) + ']'.repeat(n)); let d = 0; for (let p = o; p; p = p[0]) d++; return d })(100000)
//=> 100000
(n => { const o = JSON.parse('{"a":'.repeat(n) + '1' + '}'.repeat(n)); let d = 0; for (let p = o; typeof p === 'object'; p = p.a) d++; return d })(100000)
//=> 100000
JSON.parse(' \t\n\r[1 , 2\n]\r ').join()
//=> 1,2
JSON.parse('["\\"\\\\\\/\\b\\f\\n\\r\\t"]')[0].split('').map(c => c.charCodeAt(0)).join()
//=> 34,92,47,8,12,10,13,9
(o => { o.x.y = 1; return JSON.stringify(o) })(JSON.parse('{"x":{"z":0}}'))
//=> {"x":{"z":0,"y":1}}
(o => { const d = Object.getOwnPropertyDescriptor(o, 'x'); return d.writable && d.enumerable && d.configurable })(JSON.parse('{"x":1}'))
//=> true
(a => { a.push(1.5, 'x'); a.length = 3; return JSON.stringify(a) })(JSON.parse('[1,2]'))
//=> [1,2,1.5]
// V8's messages
JSON.parse("")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("  ")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("{")
//!! SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
JSON.parse("[")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("{\"a\"")
//!! SyntaxError: Expected ':' after property name in JSON at position 4 (line 1 column 5)
JSON.parse("{\"a\":")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("{\"a\":1")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)
JSON.parse("{\"a\":1,")
//!! SyntaxError: Expected double-quoted property name in JSON at position 7 (line 1 column 8)
JSON.parse("{a:1}")
//!! SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
JSON.parse("{\"a\" 1}")
//!! SyntaxError: Expected ':' after property name in JSON at position 5 (line 1 column 6)
JSON.parse("{\"a\":1 \"b\":2}")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)
JSON.parse("{\"a\":1,}")
//!! SyntaxError: Expected double-quoted property name in JSON at position 7 (line 1 column 8)
JSON.parse("[1,]")
//!! SyntaxError: Unexpected token ']', "[1,]" is not valid JSON
JSON.parse("[1 2]")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)
JSON.parse("[1,2")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 4 (line 1 column 5)
JSON.parse("{,}")
//!! SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
JSON.parse("[,]")
//!! SyntaxError: Unexpected token ',', "[,]" is not valid JSON
JSON.parse("nul")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("nulx")
//!! SyntaxError: Unexpected token 'x', "nulx" is not valid JSON
JSON.parse("tru")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("trux")
//!! SyntaxError: Unexpected token 'x', "trux" is not valid JSON
JSON.parse("fals")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("falsx")
//!! SyntaxError: Unexpected token 'x', "falsx" is not valid JSON
JSON.parse("-")
//!! SyntaxError: No number after minus sign in JSON at position 1 (line 1 column 2)
JSON.parse("-x")
//!! SyntaxError: No number after minus sign in JSON at position 1 (line 1 column 2)
JSON.parse("-\"")
//!! SyntaxError: No number after minus sign in JSON at position 1 (line 1 column 2)
JSON.parse("01")
//!! SyntaxError: Unexpected number in JSON at position 1 (line 1 column 2)
JSON.parse("1.")
//!! SyntaxError: Unterminated fractional number in JSON at position 2 (line 1 column 3)
JSON.parse("1.x")
//!! SyntaxError: Unterminated fractional number in JSON at position 2 (line 1 column 3)
JSON.parse("1e")
//!! SyntaxError: Exponent part is missing a number in JSON at position 2 (line 1 column 3)
JSON.parse("1ex")
//!! SyntaxError: Exponent part is missing a number in JSON at position 2 (line 1 column 3)
JSON.parse("1e+")
//!! SyntaxError: Exponent part is missing a number in JSON at position 3 (line 1 column 4)
JSON.parse(".5")
//!! SyntaxError: Unexpected token '.', ".5" is not valid JSON
JSON.parse("+1")
//!! SyntaxError: Unexpected token '+', "+1" is not valid JSON
JSON.parse("\"abc")
//!! SyntaxError: Unterminated string in JSON at position 4 (line 1 column 5)
JSON.parse("\"a\nb\"")
//!! SyntaxError: Bad control character in string literal in JSON at position 2 (line 1 column 3)
JSON.parse("\"a\u0001\"")
//!! SyntaxError: Bad control character in string literal in JSON at position 2 (line 1 column 3)
JSON.parse("\"\\x\"")
//!! SyntaxError: Bad escaped character in JSON at position 2 (line 1 column 3)
JSON.parse("\"\\u12\"")
//!! SyntaxError: Bad Unicode escape in JSON at position 5 (line 1 column 6)
JSON.parse("\"\\u12G4\"")
//!! SyntaxError: Bad Unicode escape in JSON at position 5 (line 1 column 6)
JSON.parse("\"\\")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("\"\\u")
//!! SyntaxError: Bad Unicode escape in JSON at position 3 (line 1 column 4)
JSON.parse("1 2")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)
JSON.parse("{} x")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)
JSON.parse("[] []")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)
JSON.parse("undefined")
//!! SyntaxError: "undefined" is not valid JSON
JSON.parse("NaN")
//!! SyntaxError: "NaN" is not valid JSON
JSON.parse("Infinity")
//!! SyntaxError: "Infinity" is not valid JSON
JSON.parse("'a'")
//!! SyntaxError: Unexpected token ''', "'a'" is not valid JSON
JSON.parse("{\"a\":x}")
//!! SyntaxError: Unexpected token 'x', "{"a":x}" is not valid JSON
JSON.parse("{\"a\":undefined}")
//!! SyntaxError: Unexpected token 'u', "{"a":undefined}" is not valid JSON
JSON.parse("{\n  \"a\": 1,\n  \"b\" 2\n}")
//!! SyntaxError: Expected ':' after property name in JSON at position 18 (line 3 column 7)
JSON.parse("{\r\n\"a\":1\r\n\"b\":2}")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 10 (line 3 column 1)
JSON.parse("[1,2,3,4,5,6,7,8,9,10,x,12,13,14,15]")
//!! SyntaxError: Unexpected token 'x', ...",7,8,9,10,x,12,13,14"... is not valid JSON
JSON.parse("xxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
//!! SyntaxError: Unexpected token 'x', "xxxxxxxxxx"... is not valid JSON
JSON.parse("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,x]")
//!! SyntaxError: Unexpected token 'x', ...",13,14,15,x]" is not valid JSON
JSON.parse("{\"a\":\"b\" x}")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 9 (line 1 column 10)
JSON.parse("[\"a\" x]")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 5 (line 1 column 6)
JSON.parse("{\"a\":{\"b\":[}}")
//!! SyntaxError: Unexpected token '}', "{"a":{"b":[}}" is not valid JSON
JSON.parse("[}")
//!! SyntaxError: Unexpected token '}', "[}" is not valid JSON
JSON.parse("{]")
//!! SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
JSON.parse("\"a\" \"b\"")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 4 (line 1 column 5)
JSON.parse("\u2028")
//!! SyntaxError: Unexpected token ' ', " " is not valid JSON
JSON.parse("{\"é\":x}")
//!! SyntaxError: Unexpected token 'x', "{"é":x}" is not valid JSON
JSON.parse("[1,\"abc\",\"def\"x]")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 14 (line 1 column 15)
JSON.parse("[\"😀\",x]")
//!! SyntaxError: Unexpected token 'x', "["😀",x]" is not valid JSON
JSON.parse("\ufeff{}")
//!! SyntaxError: Unexpected token '﻿', "﻿{}" is not valid JSON
JSON.parse("{\"a\":1}}")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 7 (line 1 column 8)
JSON.parse("[1]]")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)
JSON.parse("tr\"")
//!! SyntaxError: Unexpected string in JSON at position 2 (line 1 column 3)
JSON.parse("t")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("n")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("f")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("\"\t\"")
//!! SyntaxError: Bad control character in string literal in JSON at position 1 (line 1 column 2)
JSON.parse("0x10")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 1 (line 1 column 2)
JSON.parse("1_000")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 1 (line 1 column 2)
JSON.parse("[01]")
//!! SyntaxError: Unexpected number in JSON at position 2 (line 1 column 3)
JSON.parse("-01")
//!! SyntaxError: Unexpected number in JSON at position 2 (line 1 column 3)
JSON.parse("--1")
//!! SyntaxError: No number after minus sign in JSON at position 1 (line 1 column 2)
JSON.parse("1..2")
//!! SyntaxError: Unterminated fractional number in JSON at position 2 (line 1 column 3)
JSON.parse("1.e3")
//!! SyntaxError: Unterminated fractional number in JSON at position 2 (line 1 column 3)
JSON.parse("{\"a\":-}")
//!! SyntaxError: No number after minus sign in JSON at position 6 (line 1 column 7)
JSON.parse("{\"a\":1e}")
//!! SyntaxError: Exponent part is missing a number in JSON at position 7 (line 1 column 8)
JSON.parse("{\"a\":\"\\q\"}")
//!! SyntaxError: Bad escaped character in JSON at position 7 (line 1 column 8)
JSON.parse("[[[")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("{\"a\":[1,{\"b\":")
//!! SyntaxError: Unexpected end of JSON input
JSON.parse("{1:2}")
//!! SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
JSON.parse("{\"a\":1,b:2}")
//!! SyntaxError: Expected double-quoted property name in JSON at position 7 (line 1 column 8)
JSON.parse("{\"a\":1,2}")
//!! SyntaxError: Expected double-quoted property name in JSON at position 7 (line 1 column 8)
JSON.parse("[1}")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)
JSON.parse("{\"a\":1]")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)
JSON.parse("  x")
//!! SyntaxError: Unexpected token 'x', "  x" is not valid JSON
JSON.parse("[1,2,3\n4]")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 7 (line 2 column 1)
JSON.parse("\"abc\\ud800")
//!! SyntaxError: Unterminated string in JSON at position 10 (line 1 column 11)
JSON.parse("{\"a\":tru}")
//!! SyntaxError: Unexpected token '}', "{"a":tru}" is not valid JSON
JSON.parse("[nul]")
//!! SyntaxError: Unexpected token ']', "[nul]" is not valid JSON
JSON.parse("123abc")
//!! SyntaxError: Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)
JSON.parse("{\"a\":1;}")
//!! SyntaxError: Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)
JSON.parse("[1;2]")
//!! SyntaxError: Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)
String(JSON.parse(undefined))
//!! SyntaxError: "undefined" is not valid JSON
String(JSON.parse({}))
//!! SyntaxError: "[object Object]" is not valid JSON
String(JSON.parse(Symbol()))
//!! TypeError
String(JSON.parse(function () {}))
//!! SyntaxError: Unexpected token 'u', "function () {}" is not valid JSON
String(JSON.parse(new Date(0)))
//!! SyntaxError: Unexpected token 'T', "Thu Jan 01"... is not valid JSON
String(JSON.parse(NaN))
//!! SyntaxError: "NaN" is not valid JSON
String(JSON.parse(12n))
//=> 12
String(JSON.parse(true))
//=> true
String(JSON.parse(null))
//=> null
// Reviver, told the source
JSON.stringify(JSON.parse('{"a":[1,2.50,"x"],"b":true}', function (k, v, c) { return typeof v === 'object' ? v : [k, v, c.source] }))
//=> {"a":[["0",1,"1"],["1",2.5,"2.50"],["2","x","\"x\""]],"b":["b",true,"true"]}
JSON.stringify(JSON.parse('{"a":1,"a":2,"2":3}', (k, v, c) => k ? c.source : v))
//=> {"2":"3","a":"2"}
JSON.stringify(JSON.parse('[1,2,3]', function (k, v, c) { if (k === '0') this[1] = 9; return k ? v + ':' + c.source : v }))
//=> ["1:1","9:undefined","3:3"]
JSON.stringify(JSON.parse('{"a":1,"b":{"c":2}}', (k, v) => k === 'a' ? undefined : v))
//=> {"b":{"c":2}}
JSON.parse('{"x":1}', (k, v, c) => k ? v : Object.keys(c).length)
//=> 0
JSON.parse('[1,[2]]', function (k, v) { return Array.isArray(v) ? v.length : v })
//=> 2
(n => { let d = 0; JSON.parse('['.repeat(n) + ']'.repeat(n), (k, v) => { d++; return v }); return d })(2000)
//=> 2000
// rawJSON
JSON.stringify([JSON.rawJSON(''), JSON.isRawJSON(JSON.rawJSON(''))])
//!! SyntaxError: Invalid value for JSON.rawJSON
JSON.stringify([JSON.rawJSON(' 1'), JSON.isRawJSON(JSON.rawJSON(' 1'))])
//!! SyntaxError: Unexpected token ' ', " 1" is not valid JSON
JSON.stringify([JSON.rawJSON('1 '), JSON.isRawJSON(JSON.rawJSON('1 '))])
//!! SyntaxError: Invalid value for JSON.rawJSON
JSON.stringify([JSON.rawJSON('{}'), JSON.isRawJSON(JSON.rawJSON('{}'))])
//!! SyntaxError: Unexpected token '{', "{}" is not valid JSON
JSON.stringify([JSON.rawJSON('[]'), JSON.isRawJSON(JSON.rawJSON('[]'))])
//!! SyntaxError: Unexpected token '[', "[]" is not valid JSON
JSON.stringify([JSON.rawJSON('undefined'), JSON.isRawJSON(JSON.rawJSON('undefined'))])
//!! SyntaxError: "undefined" is not valid JSON
JSON.stringify([JSON.rawJSON('1e1000'), JSON.isRawJSON(JSON.rawJSON('1e1000'))])
//=> [1e1000,true]
JSON.stringify([JSON.rawJSON('"a"'), JSON.isRawJSON(JSON.rawJSON('"a"'))])
//=> ["a",true]
JSON.stringify([JSON.rawJSON('-0'), JSON.isRawJSON(JSON.rawJSON('-0'))])
//=> [-0,true]
JSON.stringify([JSON.rawJSON('x'), JSON.isRawJSON(JSON.rawJSON('x'))])
//!! SyntaxError: Unexpected token 'x', "x" is not valid JSON
JSON.stringify([JSON.rawJSON(undefined), JSON.isRawJSON(JSON.rawJSON(undefined))])
//!! SyntaxError: "undefined" is not valid JSON
JSON.stringify([JSON.rawJSON(1), JSON.isRawJSON(JSON.rawJSON(1))])
//=> [1,true]
JSON.stringify([JSON.rawJSON(true), JSON.isRawJSON(JSON.rawJSON(true))])
//=> [true,true]
JSON.stringify([JSON.rawJSON(null), JSON.isRawJSON(JSON.rawJSON(null))])
//=> [null,true]
// stringify
(() => { const a = {}; a.a = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'a' closes the circle
(() => { const a = { b: { c: {} } }; a.b.c.d = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'b' -> object with constructor 'Object'\n    |     property 'c' -> object with constructor 'Object'\n    --- property 'd' closes the circle
(() => { const a = { b: { c: { e: { f: {} } } } }; a.b.c.e.f.d = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'b' -> object with constructor 'Object'\n    |     property 'c' -> object with constructor 'Object'\n    |     ...\n    |     property 'f' -> object with constructor 'Object'\n    --- property 'd' closes the circle
(() => { const a = []; a[0] = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Array'\n    --- index 0 closes the circle
(() => { const a = [1, [{ x: 0 }]]; a[1][0].y = a; return JSON.stringify({ z: a }) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Array'\n    |     index 1 -> object with constructor 'Array'\n    |     index 0 -> object with constructor 'Object'\n    --- property 'y' closes the circle
(() => { class Foo {} const a = new Foo; a.x = [a]; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Foo'\n    |     property 'x' -> object with constructor 'Array'\n    --- index 0 closes the circle
(() => { const a = Object.create(null); a.x = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'x' closes the circle
(() => { const a = {}; a[1] = a; return JSON.stringify(a) })()
//!! TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property '1' closes the circle
JSON.stringify(1n)
//!! TypeError: Do not know how to serialize a BigInt
JSON.stringify({ a: 1n })
//!! TypeError: Do not know how to serialize a BigInt
(() => { let a = {}; for (let i = 0; i < 100000; i++) a = { a }; return JSON.stringify(a).length })()
//=> 600002
(() => { let a = []; for (let i = 0; i < 100000; i++) a = [a]; return JSON.stringify(a).length })()
//=> 200002
JSON.stringify(Symbol())
//=> undefined
JSON.stringify({ a: undefined, b: () => 1, c: Symbol(), d: NaN, e: -0, f: 1e21, g: '\u2028\ud800\u0007\x7f"\\' })
//=> {"d":null,"e":0,"f":1e+21,"g":" \ud800\u0007\"\\"}
JSON.stringify([undefined, () => 1, Symbol(), NaN, -0, 1e-7, 123456789012345680000])
//=> [null,null,null,null,0,1e-7,123456789012345680000]
JSON.stringify({ a: [1, { b: 2 }], c: {}, d: [] }, null, 2)
//=> {\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": {},\n  "d": []\n}
JSON.stringify({ a: [1, { b: 2 }], c: {}, d: [] }, null, '--')
//=> {\n--"a": [\n----1,\n----{\n------"b": 2\n----}\n--],\n--"c": {},\n--"d": []\n}
JSON.stringify([1], null, 100)
//=> [\n          1\n]
JSON.stringify([1], null, 'abcdefghijklmnop')
//=> [\nabcdefghij1\n]
JSON.stringify({a:undefined}, null, 2)
//=> {}
JSON.stringify([undefined], null, new Number(1))
//=> [\n null\n]
JSON.stringify({ a: 1, b: 2, c: { a: 1, d: 3 } }, ['a', 'c', new String('d'), 'a'])
//=> {"a":1,"c":{"a":1,"d":3}}
JSON.stringify([new Number(3), new String('x'), new Boolean(false)])
//=> [3,"x",false]
JSON.stringify({ a: 1, b: [1, 2] }, function (k, v) { return typeof v === 'number' ? v + 1 : v })
//=> {"a":2,"b":[2,3]}
JSON.stringify({ a: 1, b: [1, 2] }, function (k, v) { return k + (Array.isArray(this) ? 'A' : '') && v === 1 ? undefined : v })
//=> {"b":[null,2]}
JSON.stringify('\u{1F600}é\u0000')
//=> "😀é\u0000"
JSON.stringify(new Date(0))
//=> "1970-01-01T00:00:00.000Z"
JSON.stringify({ d: new Date(NaN) })
//=> {"d":null}
JSON.stringify({ toJSON(k) { return 'K' + k } })
//=> "K"
JSON.stringify({ x: { toJSON(k) { return 'K' + k } } })
//=> {"x":"Kx"}
JSON.stringify([{ toJSON(k) { return k + typeof k } }])
//=> ["0string"]
JSON.stringify({ get a() { delete this.b; return 1 }, b: 2, c: 3 })
//=> {"a":1,"c":3}
JSON.stringify(Object.defineProperty({ x: 1 }, 'h', { value: 2 }))
//=> {"x":1}
JSON.stringify({ 2: 'b', 1: 'a', c: 'd', [Symbol()]: 1 })
//=> {"1":"a","2":"b","c":"d"}
JSON.stringify([1, , 3])
//=> [1,null,3]
JSON.stringify(new Proxy([1, 2], {}))
//=> [1,2]
JSON.stringify(new Proxy({ a: 1 }, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }))
//=> {"a":1}
JSON.stringify({ a: [{ x: 1, y: 'é' }, { x: 2, y: '中' }, { x: 3, y: undefined }] })
//=> {"a":[{"x":1,"y":"é"},{"x":2,"y":"中"},{"x":3}]}
(() => { const o = { a: 1, b: { toJSON() { o.c = 5; delete o.d; return 0 } }, c: 1, d: 2 }; return JSON.stringify(o) })()
//=> {"a":1,"b":0,"c":5}
(() => { Object.prototype.toJSON = function () { return 7 }; try { return JSON.stringify({}) } finally { delete Object.prototype.toJSON } })()
//=> 7
(() => { const a = [{ x: { toJSON() { Array.prototype.toJSON = () => 'A'; return 1 } } }, []]; try { return JSON.stringify(a) } finally { delete Array.prototype.toJSON } })()
//=> [{"x":1},"A"]
JSON.stringify()
//=> undefined
JSON.stringify(null)
//=> null
JSON.stringify(true)
//=> true
JSON.stringify(() => {})
//=> undefined
JSON.stringify(new Map([[1, 2]]))
//=> {}
JSON.stringify(new (class { a = 1; #b = 2; static c = 3 }))
//=> {"a":1}
JSON.stringify(new Uint8Array([1, 2]))
//=> {"0":1,"1":2}
JSON.stringify(new Error('x'))
//=> {}
JSON.stringify(/x/g)
//=> {}
JSON.stringify(arguments => 1)
//=> undefined
(function () { return JSON.stringify(arguments) })(1, 'a')
//=> {"0":1,"1":"a"}
