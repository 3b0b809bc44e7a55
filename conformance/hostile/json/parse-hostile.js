// out: SyntaxError
// out: 1
// out: true
// out: undefined
// out: __proto__
// out: 100000
// out: Infinity
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: SyntaxError
// out: Infinity

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => JSON.parse('[' .repeat(1e5)));
T(() => JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)).length);
T(() => JSON.parse('{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5)) instanceof Object);
T(() => JSON.parse('{"__proto__": {"x": 1}}').x);
T(() => Object.keys(JSON.parse('{"__proto__": 1}')).join());
T(() => JSON.parse('"' + '\\u0000'.repeat(1e5) + '"').length);
T(() => JSON.parse('1e400'));
T(() => JSON.parse('-'));
T(() => JSON.parse('\u00a01'));
T(() => JSON.parse(''));
T(() => JSON.parse('{"a":1,}'));
T(() => JSON.parse('1' + '0'.repeat(1e5)));
