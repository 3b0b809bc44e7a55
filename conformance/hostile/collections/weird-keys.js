// out: TypeError
// out: TypeError
// out: TypeError
// out: 1
// out: true
// out: TypeError
// out: closed
// out: Error
// out: TypeError
// out: Error
// out: Error
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new WeakMap([[1, 1]]));
T(() => new WeakSet([Symbol.for('x')]));
T(() => new WeakRef(1));
T(() => new Map([[NaN, 1]]).get(-NaN));
T(() => new Map([[-0, 1]]).has(0));
T(() => new Map([1]));
T(() => new Map({ [Symbol.iterator]() { return { next() { return { value: { get 0() { throw new Error('0'); } } }; }, return() { console.log('closed'); return {}; } }; } }));
T(() => Map.prototype.get.call(new Set(), 1));
T(() => { class M extends Map { set() { throw new Error('set'); } } new M([[1, 2]]); });
T(() => Map.groupBy([1, 2], () => { throw new Error('g'); }));
T(() => new FinalizationRegistry(() => {}).register(1));
