// An operand is what it was when it was evaluated, whatever a later one assigns
(() => { let a = 1; return [a + a++, a + ++a, a - (a += 5), a + (a = 2), a ** (a = 3)].join() })()
//=> 2,5,-5,10,8
(() => { let d = 1, k = 'x', l = []; return [d !== (d = 2), d == (d = 3), d < (d = 0), k in (k = { x: 1 }), l instanceof (l = Array), d === (0, d = 2)].join() })()
//=> true,false,false,true,true,false
(function (a) { return [a + (true && (a = 2)), a + [a = 3][0], a + ({ b: a } = { b: 4 }).b, a | (a = 8), `${a}${a = 2}`, ((...x) => x)(a, a = 9)].join() })(1)
//=> 3,5,7,12,82,2,9
(() => { let n = 0, d = 4; do n++; while (d !== (d = d >> 1) && n < 10); let i = 5; while (i > (i = i - 2) && i > 0) n += 100; return n })()
//=> 204
(() => { function* g() { let a = 1; return a + (a = yield) } const i = g(); i.next(); return i.next(5).value })()
//=> 6
(() => { let a = 1; const long = a + (a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a++); return long + ',' + a })()
//=> 2,2
