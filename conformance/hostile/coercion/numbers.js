// out: Infinity
// out: Infinity
// out: RangeError
// out: RangeError
// out: RangeError
// out: 1001
// out: 1076
// out: Infinity
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => parseInt('9'.repeat(1e5)));
T(() => Number('1e' + '9'.repeat(100)));
T(() => (1e21).toFixed(101));
T(() => (1).toString(37));
T(() => (0.1).toPrecision(101));
T(() => (2 ** 1000).toString(2).length);
T(() => (5e-324).toString(2).length);
T(() => Number('0x' + 'f'.repeat(300)));
T(() => new Number(Symbol()));
T(() => Number.prototype.toFixed.call('1'));
