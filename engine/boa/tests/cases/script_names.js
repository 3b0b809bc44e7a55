// Strictness goes inwards: a function expression's name is a constant there.
(function () { 'use strict'; return (function () { try { (function f() { f = 1 })() } catch (e) { return e.message } })() })()
//=> Assignment to constant variable.
class A { m() { try { (function f() { f = 1 })() } catch (e) { return e.message } } } new A().m()
//=> Assignment to constant variable.
(function f() { f = 1; return typeof f })()
//=> function
(function () { 'use strict'; eval('({ eval } = {})') })()
//!! SyntaxError: Unexpected eval or arguments in strict mode
(function () { 'use strict'; eval('({ a: arguments } = {})') })()
//!! SyntaxError: Invalid destructuring assignment target
(function () { 'use strict'; eval('[eval] = []') })()
//!! SyntaxError: Invalid destructuring assignment target
eval('({ eval: eval } = { eval: eval }); typeof eval')
//=> function
eval('super() = 1')
//!! SyntaxError: 'super' keyword unexpected here
new Function('...', '')
//!! SyntaxError: Unexpected token ')'
new Function('a, ...b', 'return b.length')(1, 2, 3)
//=> 2
Object.getOwnPropertyNames(RegExp.prototype).includes('lastIndex')
//=> false
[1].values().take(2 ** 60).drop(2 ** 60).toArray().length
//=> 0
