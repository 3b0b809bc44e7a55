// out: 3
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => [].concat({ length: 3, [Symbol.isConcatSpreadable]: true, 1: 'x' }).length);

T(() => [].concat({ get [Symbol.isConcatSpreadable]() { throw new TypeError('spread'); } }));
