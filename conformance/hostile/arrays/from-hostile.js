// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: Error
// out: 2

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Array.from({ [Symbol.iterator]() { return {}; } }));
T(() => Array.from({ [Symbol.iterator]() { return { next() { return 1; } }; } }));
T(() => Array.from({ [Symbol.iterator]: 1 }));
T(() => Array.from.call(function () { return Object.freeze([]); }, [1]));
T(() => Array.from.call(class { set length(v) { throw new Error('length ' + v); } }, []));
T(() => Array.of.call(Object, 1, 2).length);
