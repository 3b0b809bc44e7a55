// out: RangeError: Maximum BigInt size exceeded
// out: RangeError: Maximum BigInt size exceeded
// out: RangeError: Maximum BigInt size exceeded
// out: 1
// out: 0
// out: 0
// out: -1
// out: 1
// out: 194

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name + ': ' + e.message : 'threw ' + typeof e); } };
T(() => { let x = 3n, s = 1n; for (;;) { x <<= s; s *= 2n; } });
T(() => 2n ** (2n ** 31n));
T(() => 1n << 2n ** 40n);
T(() => (-1n) ** (2n ** 70n));
T(() => 0n << 2n ** 70n);
T(() => 1n >> 2n ** 70n);
T(() => -1n >> 2n ** 70n);
T(() => 5n ** 0n);
T(() => (2n ** 1000n).toString(36).length);
