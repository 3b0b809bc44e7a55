// out: 1
// out: 2
// out: 1
// out: undefined
// out: 3
// out: SyntaxError
// out: 4
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: undefined
// out: SyntaxError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => eval('\u2028 1 \u2029'));
T(() => eval('\ufeff2'));
T(() => eval('"\ud800"').length);
T(() => eval('#!x'));
T(() => eval('<!-- x\n3'));
T(() => eval('\\u{110000}'));
T(() => eval('var \\u0061b = 4; ab'));
T(() => eval('1_000_'));
T(() => eval('0b2'));
T(() => eval('"\\u{11FFFF}"'));
T(() => eval('`${'));
T(() => eval('/(?<a>)(?<a>)/'));
T(() => eval('({__proto__:1,__proto__:2})'));
T(() => eval('let let = 1'));
T(() => eval('for(let of of []);'));
T(() => eval('async () => { for await (const x in []); }'));
