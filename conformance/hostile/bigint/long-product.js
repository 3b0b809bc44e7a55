// out: 491778
// out: true
// out: -491777
// out: true
// out: 0
// out: 21056
// out: true
// out: 545

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const x = 7n ** 30000n, y = x * x + 1n;
T(() => y % 1000007n);
T(() => (y / x === x));
T(() => (-x * x) % 1000007n);
T(() => ((x << 5000n) >> 5000n) === x);
T(() => (x * -y + y * x));
T(() => x.toString(16).length);
T(() => BigInt(x.toString()) === x);
T(() => BigInt.asUintN(200, 3n ** 1000n) % 1000n);
