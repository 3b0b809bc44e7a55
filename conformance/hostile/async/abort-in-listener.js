// out: once
// out: threw object
// out: RangeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const ac = new AbortController();
ac.signal.addEventListener('abort', () => { ac.abort(); console.log('once'); });
ac.abort({ toString() { throw 1; } });
T(() => ac.signal.throwIfAborted());
T(() => AbortSignal.timeout(-1));
T(() => AbortSignal.any([1]));
