// out: 5
// out: null
// out: ┌─────────┐
// out: │ (index) │
// out: ├─────────┤
// out: └─────────┘
// out: ┌─────────┬───┬───┐
// out: │ (index) │ 0 │ 1 │
// out: ├─────────┼───┼───┤
// out: │ 0       │ 1 │ 2 │
// out: │ 1       │ 3 │   │
// out: └─────────┴───┴───┘
// out: ┌───────────────────┬─────┬──────────┐
// out: │ (iteration index) │ Key │ Values   │
// out: ├───────────────────┼─────┼──────────┤
// out: │ 0                 │ 1   │ { a: 1 } │
// out: └───────────────────┴─────┴──────────┘
// out: ┌─────────┬───┐
// out: │ (index) │ b │
// out: ├─────────┼───┤
// out: │ 0       │   │
// out: └─────────┴───┘
// out: TypeError
// out: g
// out:   in
// out:   side
// out: out
// out:                                                                                                     deep

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
console.table(5); console.table(null); console.table([]); console.table([[1, 2], [3]]); console.table(new Map([[1, { a: 1 }]])); console.table([{ a: 1 }], ['b']);
T(() => console.table([{ a: 1 }], 5));
console.group('g'); console.log('in\nside'); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('out');
for (let i = 0; i < 50; i++) console.group(); console.log('deep'); for (let i = 0; i < 50; i++) console.groupEnd();
