// out: TypeError
// out: TypeError
// out: TypeError
// out: 2
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Array.prototype.push.call({ length: 2 ** 53 - 1 }, 1));
T(() => Array.prototype.unshift.call({ length: 2 ** 53 - 1 }, 1));
T(() => Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 0, 1));
T(() => Array.prototype.slice.call({ length: 2 ** 53 - 1 }, 2 ** 53 - 3).length);
T(() => Array.prototype.toSpliced.call({ length: 2 ** 53 - 1 }, 0, 0));
T(() => Array.prototype.with.call({ length: 2 ** 32 }, 0, 1));
T(() => Array.prototype.toReversed.call({ length: 2 ** 32 }));
T(() => Array.prototype.toSorted.call({ length: 2 ** 32 }));
