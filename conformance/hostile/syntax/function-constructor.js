// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: 0

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new Function('/*', '*/){'));
T(() => new Function('a', '}, alert(1), function(){'));
T(() => Function('a,a', '"use strict"'));
T(() => new Function('...a', 'b', ''));
T(() => new Function(`${','.repeat(10)}`, ''));
T(() => new Function(Array.from({ length: 1e4 }, (_, i) => 'a' + i).join(), 'return arguments.length')());
