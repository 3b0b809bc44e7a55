// out: RangeError: Invalid array length
// out: RangeError: Invalid array length
// out: RangeError: Invalid array length
// out: RangeError: Invalid array length
// out: RangeError: Invalid array length
// out: 0
// out: RangeError: Invalid array length
// out: RangeError: Invalid array length

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name + ': ' + e.message : 'threw ' + typeof e); } };
T(() => new Array(-1));
T(() => new Array(1.5));
T(() => new Array(2 ** 32));
T(() => { const a = []; a.length = -1; });
T(() => { const a = []; a.length = 2 ** 32; });
T(() => Array.from({ length: -5 }).length);
T(() => { const a = []; a[2 ** 32 - 2] = 1; a.push(1, 2); });
T(() => { const a = []; a.length = 2 ** 32 - 1; a.push(1); });
