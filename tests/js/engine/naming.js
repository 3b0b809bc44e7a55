// Which expression an error names: V8 prints the call, the iterable or the source of a pattern in its own shorthand.
'use strict';

const sources = `
var a={}; (a.b = 1)()
var a={},b; (b = a.c)()
var a={}; (a.b += 1)()
var a; (a += 1)()
(function(){ return 1 }).x()
(() => { return 1 }).x()
({ a: 1, b: x => x }).c()
var x=1; ({ x, y: x, ['z']: 2, ...x }).c()
[1, , 2, ...[3]].x()
\`a\${1}b\`.x()
var y=1; \`a\${y}b\${y}\`()
(await_ => 1)()()
a ?? b
var a=1,b=2; (a ?? b)()
var a=1,b=2; (a ?? b ?? a)()
var a=1,b=2; (a + b + a)()
var a=1,b=2; (a + b - a)()
var a=1,b=2; (a === b)()
var a=1,b=2; (a instanceof Object)()
var a=1; (delete a.b)()
var a=1; (++a)()
var a={}; a.b.c = 1
var a={}; a.b[a.c.d]
var a={}; a?.b.c()
var a={}; a?.[0]()
var a={b:{}}; a.b?.c()
var a={b:{}}; a?.b?.["c d"]()
var a={}; a.b\`\`
var a={}; a["x" + 1]()
var a={}; a[a]()
var a={}; a[-1]()
var a={}; a[null]()
var a={}; a[true]()
var a={}; a[1.50]()
var a={}; a[1e21]()
var a={}; a["1"]()
var a={}; a["b-c"]()
var a={}; a[a.b]()
var a={}; a[a.b()]()
var a={}; a[function(){}]()
var a={}; new a.b.c()
var a={}; new (a.b())
var a={b(){}}; new (a.b())
var a={b(){return 1}}; new (a.b())()
var a=1; new a(...[1])
var a=1; a(...[1])
var a={}; a.b(...[1])
function g(){return 1}; var [a] = g()
function g(){return {}}; var [a] = g()
var o={g(){return 1}}; var [a] = o.g()
var x={}; var [a] = x
var x={}; var [a] = x.y.z
var x={a:1}; var [a] = x.a
var x={a:1}; [x.b] = x.a
var x=1,b; [b] = x
var x; [x] = 1
var x; [x] = undefined
var x={}; [x] = x
function g(){return 1}; var x; [x] = g()
function g(){return 1}; [...g()]
var o={g(){return 1}}; [...o.g()]
function g(){return 1}; Math.max(...g())
function g(){}; Math.max(...g())
var o={}; Math.max(...o.x)
var o={}; new Array(...o.x)
var o={}; Math.max(1, ...o.x)
var o={}; [...o.x]
var o={}; for (const [a,b] of o.entries) {}
for (const [a,b] of [undefined]) {}
for (const {a} of [undefined]) {}
for (const {} of [undefined]) {}
for (const [a] of [{}]) {}
for (const a of 5n) {}
for (const a of Symbol.iterator) {}
for (const a of true) {}
for (const a of () => 1) {}
for (const a of new Date) {}
var d=new Date; for (const a of d) {}
for (const a in undefined) {}; null.x
const [a, b] = null
const [a, b] = [][0]
const [[a]] = [1]
const [[a]] = []
const [{a}] = []
let {a: {b: {c}}} = {a: {}}
(function({a: {b}}){})({})
(function([{b}]){})([])
((a, {b}) => 1)(1)
function g(){}; const {a} = g()
const {a} = (() => {})()
var o={}; const {a} = o.b
var o={}; const {a} = o[0]
var o={}; const {['a']: b} = o.c
var o={}; const {'a b': b} = o.c
const {a, ...b} = undefined
function f() { const {a} = arguments[0] } f()
function f() { const {a} = this.x } f.call({})
class A { static m() { const {a} = super.x } } A.m()
const {a} = await_
const {length} = null
var u; u.length
var s = Symbol('q'); undefined[s]
var s = Symbol('q'); var o = {}; o[s]()
var u; u['x y']
var u; u[{}]
var u; u[1.5] = 1
super_
new.target.x
this.x.y
(void 0).x
null?.x.y, undefined.y
var o = {}; o.a.b.c()
var o = {}; o.a[0].c()
var o = {}; o.a().b
var o = {a(){}}; o.a().b
var o = {a(){}}; o.a().b()
var o = {a(){}}; o.a().b = 1
var o = {a(){}}; delete o.a().b
var o = {a(){}}; o.a().b++
var f = 1; f.call()
var f = () => {}; f.call.apply.x()
eval('1')()
eval(1)(2)
var eval_ = 1; eval_()
async function f() { for await (const x of 1) {} } f().catch(late)
async function f() { for await (const x of {}) {} } f().catch(late)
async function f() { var x = {}; for await (const y of x) {} } f().catch(late)
async function f() { var x = 1; (await x)() } f().catch(late)
async function f() { var x = 1; (await x).y.z() } f().catch(late)
async function f() { var x = 1; (await x).y() } f().catch(late)
function* g() { yield* {} } g().next()
`.trim().split('\n');

const late = [];
const note = (source) => (error) => late.push(`${source}\n    ${error.name}: ${error.message}`);
for (const source of sources) {
  let text = '(nothing)';
  try {
    (0, eval)(`'use strict'; (function (late) { ${source}\n})`).call({}, note(source));
  } catch (error) {
    text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown ${typeof error}`;
  }
  console.log(`${source}\n    ${text}`);
}
setTimeout(() => console.log(late.join('\n')), 10);
