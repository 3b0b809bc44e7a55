// out: RangeError
// out: RangeError
// out: Invalid Date
// out: NaN
// out: NaN
// out: NaN
// out: TypeError
// out: TypeError
// out: null
// out: 2678400000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new Date(8.64e15 + 1).toISOString());
T(() => new Date(NaN).toISOString());
T(() => new Date(2 ** 60, 1));
T(() => new Date(0).setFullYear(Infinity));
T(() => Date.UTC());
T(() => new Date('x'.repeat(1e5)).getTime());
T(() => new Date(0)[Symbol.toPrimitive]('nope'));
T(() => Date.prototype.getTime.call({}));
T(() => JSON.stringify(new Date(NaN)));
T(() => { const d = new Date(0); d.setMonth({ valueOf() { d.setTime(NaN); return 1; } }); return d.getTime(); });
