// A function named async can be called
function async(a, b) { return [a, b] } async(1, 2)[1]
//=> 2
function async(f) { return f } async(function () { return 3 })()
//=> 3
function async(a) { return a } ({ m: async(async(4)), n: async() }).m
//=> 4
function async(a, b) { return b } async(6, ...[7])
//=> 7
function async(a) { return a } var x = true ? async(5) : 0; x
//=> 5
var async = 8; async
(function () {}, 1)
//!! TypeError
// Async arrows keep their parameters
[async () => 1, async (a) => a, async (a, b = 2, ...c) => a, async (a, ) => a, async x => x].map(f => f.length).join()
//=> 0,1,1,1,1
var late; (async ({ a, b: [d] = [1], ...e }, [f, ...g] = [], ...[h]) => { late = [a, d, e.x, f, g.length, h].join() })({ a: 1, x: 5 }, [6, 7, 8], 9); late
//=> 1,1,5,6,2,9
var late; (async (a, b = 2, ...c) => { late = a + b + c.length })(1, undefined, 3, 4); late
//=> 5
async (a, a) => 1
//!! SyntaxError
async (...a, b) => 1
//!! SyntaxError
async (...a = []) => 1
//!! SyntaxError
async (a)
=> 1
//!! SyntaxError
async (1) => 1
//!! SyntaxError
async ((a)) => 1
//!! SyntaxError
async (a.b) => 1
//!! SyntaxError
// The parameters of an async arrow function have no await, but functions inside them may.
async (x = await) => {}
//!! SyntaxError
async (...x,) => {}
//!! SyntaxError
var await = 1; typeof (async (x = function () { return await }, { await: y } = {}) => y)
//=> function
new a?.b()
//!! SyntaxError: Invalid optional chain from new expression
(0, eval)('let [a]')
//!! SyntaxError: Missing initializer in destructuring declaration
(0, eval)('const a')
//!! SyntaxError: Missing initializer in const declaration
