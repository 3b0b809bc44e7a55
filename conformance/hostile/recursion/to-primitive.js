// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { const o = { toString() { return '' + o; } }; return '' + o; });
T(() => { const o = { [Symbol.toPrimitive]() { return o * 1; } }; return o * 1; });
T(() => { const a = []; a.toString = () => `${a}`; return `${a}`; });
