// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: Error
// out: TypeError
// out: TypeError
// out: false

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => +{ [Symbol.toPrimitive]() { return {}; } });
T(() => `${{ [Symbol.toPrimitive]: 5 }}`);
T(() => +{ valueOf() { return {}; }, toString() { return {}; } });
T(() => ({ toString: null, valueOf: null }) + '');
T(() => Object.create(null) + 1);
T(() => new Date({ [Symbol.toPrimitive]() { return Symbol(); } }));
T(() => [] * { valueOf() { throw new Error('v'); } });
T(() => ({}) < Symbol());
T(() => 1 + { get [Symbol.toPrimitive]() { throw new TypeError('get'); } });
T(() => new Intl.NumberFormat === undefined);
