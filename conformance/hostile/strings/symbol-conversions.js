// out: TypeError
// out: TypeError
// out: TypeError
// out: Symbol(x)
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => `${Symbol('x')}`);
T(() => Symbol('x') + '');
T(() => Symbol('x') + 1);
T(() => String(Symbol('x')));
T(() => [Symbol('x')].join());
T(() => 'x'.localeCompare(Symbol()));
