'use strict';
// What does not compile, in V8's words.
const sources = `
}
{
(
)
]
[
foo bar
foo(
foo(1
foo(1 2)
foo(1, 2
[1 2]
[1, 2
({a 1})
({a: })
({a b: 1})
var
var 1
var a b
var a = 
var a =;
let 1
let a; let a
let a; var a
var a; let a
const a; 
const a = 1; const a = 2
let let = 1
function
function f
function f(
function f() {
function f(a,) {} }
function f(a a) {}
function f(1) {}
function f(...a, b) {}
function f(a, a) { 'use strict' }
function f(a = 1) { 'use strict' }
class
class A {
class A { x y }
class A { constructor() {} constructor() {} }
class A { get constructor() {} }
class A extends { }
class A { #a; #a }
class A { foo() { this.#b } }
a.#b
class A { constructor() { super() } }
super()
super.x
function f() { super.x }
new.target
if
if (
if (1
if (1) else
else
for (
for (;;
for (let a of b, c) {}
for (let a = 1 of b) {}
for (let a, b of c) {}
for (const a in b
while
while (1
do
do { } 
do { } while
switch (1) { foo }
switch (1) { default: default: }
try
try {}
try {} catch
try {} catch (
throw
return
return 1
break
continue
break foo
continue foo
foo: foo: ;
while (1) { function f() { break } }
1 = 2
1++
++1
(a, b) = 1
a + b = 1
[a, 1] = b
({a: 1} = b)
({a: 1, b} = 1)
for (1 of b) {}
for (1 in b) {}
this = 1
a => {} ()
() => {} || 1
(a, a) => 1
(1) => 1
(a + b) => 1
a =>
=> 1
()
async () =>
async (x => 1
await 1
function f() { await 1 }
function f() { for await (a of b) {} }
async function f() { function g() { await 1 } }
yield 1
function* g() { yield = 1 }
function* g() { function yield() {} }
'use strict'; var yield
'use strict'; with (a) {}
'use strict'; 010
'use strict'; '\\01'
'use strict'; var eval
'use strict'; eval = 1
'use strict'; arguments++
'use strict'; var static
'use strict'; var let
'use strict'; delete a
'use strict'; function f(eval) {}
'use strict'; interface
'use strict'; implements = 1
var enum
enum
var if
if = 1
var class
var await; async function f() { var await }
import x from 'y'
import { x } from 'y'
import('x'
import.meta
export
export default 1
export const a = 1
"abc
'abc
'a
b'
/abc
/(/
/[/
/a/gg
/a/x
/*
<!-- ok
\`abc
\`abc\${
1a
1_
1__0
0x
0b2
0o8
1e
1.e
08n
.
..
...a
@
#
\\
\\u{110000}
'\\u{110000}'
'\\x1'
'\\u12'
a\\u{2d}b
?
a ?
a ? b
a ? b :
a ?. 
a?.b = 1
a?.\`x\`
a ?? b || c
a || b ?? c
-1 ** 2
a b
1 2
'a' 'b'
a 'b'
a 1
a \`b\` c
true false
null null
{ a: 1, b: 2 }
({ async *a })
({ a() })
({ if })
({ a = 1 })
function f() { 'use strict'; 010 }
label: let a
if (1) let a
if (1) const a = 1
if (1) class A {}
let [a, a] = b
let { a, b: a } = c
catch
try {} catch ([a, a]) {}
try {} catch (a) { let a }
try {} finally
for (let let of a) {}
for (async of a) {}
for (let of a) {}
let undefined
var a; { let a; var a }
function f() { let a; var a }
function f(a) { let a }
async function f(await) {}
function* f(yield) {}
class A { static { return } }
class A { static { arguments } }
class A { x = arguments }
class A { constructor() { } get a() }
class A { async constructor() {} }
class A { *constructor() {} }
class A { #constructor }
class A { static prototype() {} }
class A { a; b c }
class let {}
class static {}
x = { a b }
x = function() { return
x = [1, 2, 3
f(a, b
console.log('hi'
const x = ;
const fn = () => { return 1
let y = 5 5
if (x { y }
JSON.parse('{'
`.trim().split('\n');
const late = [];
for (const source of sources) {
  let text = '(compiles)';
  try {
    new Function(source);
  } catch (error) {
    text = error.name + ': ' + error.message;
  }
  let script = '(compiles)';
  try {
    (0, eval)(`if (0) {} else throw 1; ${source}`);
  } catch (error) {
    if (error !== 1) script = error.name + ': ' + error.message;
  }
  console.log(`${source}\n    ${script}${text === script ? '' : '\n    in a function ' + text}`);
}
