// out: Symbol(x)
// out: NaN
// out: NaN
// out: Infinity
// out: ts
// out: [Object: null prototype] {}
// out:
// out: % %
// out: one %s
// out: "tj"
// out: [Circular]
// out: undefined
// out: () => {} [class A]
// out: -0 5n
// out: %s 1
// out: 12%s%s%s

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
console.log('%s', Symbol('x')); console.log('%d', Symbol('x')); console.log('%i', {}); console.log('%f', '1e400');
console.log('%s', { toString() { return 'ts'; } }); console.log('%s', Object.create(null)); console.log('%c', 'css'); console.log('%', '%'); console.log('%s %s', 'one');
console.log('%j', { toJSON() { return 'tj'; } }); T(() => { const c = {}; c.c = c; console.log('%j', c); });
console.log('%s', () => {}, class A {}); console.log('%s', -0, 5n); console.log('%%s', 1); console.log('%s'.repeat(5), 1, 2);
