// out: TypeError Generator is already running
// out: TypeError
// out: TypeError
// out: TypeError
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let g;
function* f() { try { g.next(); } catch (e) { yield e.name + ' ' + e.message; } }
g = f();
T(() => g.next().value);
function* h() { g.return(); yield 1; }
g = h();
T(() => g.next());
g = (function* () { [...g]; })();
T(() => g.next());
g = (function* () { yield* { [Symbol.iterator]() { return g; } }; })();
T(() => g.next());
T(() => g.next().done);
