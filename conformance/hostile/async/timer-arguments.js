// out: TypeError
// out: TypeError
// out: undefined
// out: undefined
// out: cleared
// out: fired

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => setTimeout('x'));
T(() => setTimeout());
T(() => clearTimeout({ toString() { throw new Error('no'); } }));
T(() => clearTimeout(Symbol()));
T(() => { clearTimeout(setTimeout(() => {}, Infinity)); return 'cleared'; });
const t = setTimeout(() => { clearTimeout(t); t.refresh(); console.log('fired'); clearTimeout(t); }, { valueOf: () => 1 });
