// out: Error
// out: 1
// out: TypeError
// out: 0,1e+21,-0
// out: 1,4294967294,4294967295,a
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => ({})[{ toString() { throw new Error('key'); } }]);
T(() => ({ [{ toString: () => 'a' }]: 1 }).a);
T(() => ({})[{ toString: () => ({}) }]);
T(() => { const o = {}; o[-0] = 1; o[1e21] = 2; o['-0'] = 3; return Object.keys(o).join(); });
T(() => { const o = {}; o[4294967295] = 1; o[4294967294] = 2; o.a = 3; o[1] = 4; return Object.keys(o).join(); });
T(() => { null[{ toString() { console.log('asked'); } }]; });
