// An ordinary name everywhere
var using = 1; using
//=> 1
function using() { return 2 } using()
//=> 2
var exports = {}; exports.using = function using(using) { return using }; exports.using(3)
//=> 3
let using = 4; { let using = 5; } using
//=> 4
var f = using => using + 1; f(5)
//=> 6
var using = [7]; using[0]
//=> 7
var using = 8; using / 2 / 2
//=> 2
using: for (;;) { break using } 'labelled'
//=> labelled
var us\u0069ng = 9; using
//=> 9
({ using: 1, using2() {}, get using() { return 10 } }).using
//=> 10
class using {} ; typeof using
//=> function
using in {}
//!! ReferenceError
var using = 'using'; using in { using }
//=> true
var using = 1
using
= 3; using
//=> 3
{ let using, x; using
x = 12; }
//=> 12
import_ = (using, b) => using; import_(13)
//=> 13
var { using } = { using: 14 }; using
//=> 14
async function using() {} ; typeof using
//=> function
// Declarations
{ using x = null; typeof x }
//=> object
{ using x = undefined, y = null; x === undefined && y === null }
//=> true
(function () { using of = null; return of })()
//=> null
(function () { using yield = null; return yield })()
//=> null
{ using x }
//!! SyntaxError
{ using {a} = null }
//!! SyntaxError
using x = null
//!! SyntaxError
switch (1) { case 1: using x = null }
//!! SyntaxError
if (1) using x = null
//!! SyntaxError
for (using x in {}) ;
//!! SyntaxError
// Heads of loops
var seen = 0; for (using x of [null, null]) seen++; seen
//=> 2
var of = [1, 2], using, last; for (using of of) last = using; last
//=> 2
for (using of = null; ;) break; 'plain'
//=> plain
(async function () { await using x = null; for (await using y of [null]) globalThis.late = 'awaited' })(); 0
//=> awaited
async function f() { var using = Promise.resolve(6); globalThis.late = await using } f()
//=> 6
