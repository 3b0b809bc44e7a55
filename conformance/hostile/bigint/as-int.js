// out: -1
// out: 5
// out: -5
// out: RangeError
// out: 0
// out: 18446744073709551615

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => BigInt.asIntN(64, 2n ** 64n - 1n));
T(() => BigInt.asUintN(2 ** 53 - 1, 5n));
T(() => BigInt.asIntN(2 ** 53 - 1, -5n));
T(() => BigInt.asIntN(2 ** 53, 5n));
T(() => BigInt.asIntN(0, 5n));
T(() => BigInt.asUintN(64, -1n));
