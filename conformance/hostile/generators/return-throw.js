// out: [{"value":2,"done":false},{"value":3,"done":true},{"done":true}]
// out: [{"value":2,"done":false},{"value":3,"done":true}]
// out: [{"value":9,"done":true},{"done":true}]
// out: Error
// out: {"value":3,"done":true}
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
function* f() { try { yield 1; } finally { yield 2; return 3; } }
T(() => { const g = f(); g.next(); return JSON.stringify([g.return(9), g.next(), g.next()]); });
T(() => { const g = f(); g.next(); return JSON.stringify([g.throw(new Error('x')), g.next()]); });
T(() => { const g = f(); return JSON.stringify([g.return(9), g.next()]); });
T(() => f().throw(new Error('early')));
T(() => { const g = f(); for (const x of g) break; return JSON.stringify(g.next()); });
T(() => Object.getPrototypeOf(function* () {}).prototype.next.call({}));
