// out: RangeError
// out: RangeError
// out: TypeError
// out: TypeError
// out: RangeError
// out: SyntaxError
// out: SyntaxError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => 1n / 0n);
T(() => 1n % 0n);
T(() => 1n + 1);
T(() => +1n);
T(() => BigInt(1.5));
T(() => BigInt('0x'));
T(() => BigInt('-0x1'));
T(() => BigInt(Symbol()));
T(() => 1n >>> 0n);
T(() => Math.max(1n));
T(() => JSON.stringify(1n));
