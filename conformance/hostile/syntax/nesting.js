// out: ( true
// out: [ true
// out: { true
// out: ({a: true
// out: f( true
// out: `${ true
// out: (()=> true
// out: - true
// out: ! true
// out: if(1) true
// out: a=> true
// out: a?b: true

const N = 5e4;
const E = s => { try { eval(s); return 'fine'; } catch (e) { return e instanceof RangeError || e instanceof SyntaxError ? 'refused' : e.name; } };
for (const [l, m, r] of [['(', '1', ')'], ['[', '', ']'], ['{', '', '}'], ['({a:', '1', '})'], ['f(', '', ')'], ['`${', '1', '}`'], ['(()=>', '1', ')'], ['-', '1', ''], ['!', '1', ''], ['if(1)', ';', ''], ['a=>', '1', ''], ['a?b:', 'c', '']]) console.log(l, ['fine', 'refused'].includes(E('"use strict";var f,a,b,c;' + (l + ' ').repeat(N) + m + r.repeat(N))));
