// What is cloned, and how.
const same = (value) => { const copy = structuredClone(value); return [copy !== value || typeof value !== 'object', copy]; };
console.log(...[1, -0, NaN, 'text', '€', true, null, undefined, 2n ** 70n, -5n].map((v) => structuredClone(v)));
console.log(same({ a: 1, b: { c: [1, , 3] }, 5: 'five', '-1': 2 }), same([1, undefined, null]), same(Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } })));
console.log(same(new Date(0)), same(new Date(NaN)), same(/x\/y/gi), same(Object('s')), same(Object(1n)), same(new Boolean(false)), same(new Number(-0)));
const named = Object.assign([1, 2], { extra: 'x', '-1': 5 }), sparse = [];
sparse[5] = 1; sparse.length = 10;
console.log(structuredClone(named), structuredClone(sparse), structuredClone(sparse).length, structuredClone([,]).length);
console.log(structuredClone(new Map([[{ k: 1 }, new Set([1, [2]])], ['x', new Map()]])), structuredClone(new Set()));
const regexp = /a/g; regexp.lastIndex = 3;
console.log(structuredClone(regexp).lastIndex, structuredClone(Object.assign(new Map(), { extra: 1 })).extra, structuredClone({ [Symbol('s')]: 1, v: 2 }));
class Point { constructor() { this.x = 1; } get y() { return 2; } #z = 3; }
console.log(structuredClone(new Point()), structuredClone(new Point()) instanceof Point, structuredClone({ get computed() { return 5; } }), structuredClone(Object.create(null)));
const cyclic = { list: [] };
cyclic.self = cyclic; cyclic.list.push(cyclic.list, cyclic); cyclic.map = new Map([[cyclic, cyclic]]); cyclic.set = new Set([cyclic]);
const copy = structuredClone(cyclic);
console.log(copy.self === copy, copy.list[0] === copy.list, copy.list[1] === copy, copy.map.get(copy) === copy, copy.set.has(copy), copy !== cyclic);
const twice = { value: 1 }, [first, second] = structuredClone([twice, twice]);
console.log(first === second);
const order = [];
structuredClone({ get a() { order.push('a'); return { get b() { order.push('b'); } }; }, get c() { order.push('c'); } });
console.log(order.join());
console.log(structuredClone(1, undefined), structuredClone(1, null), structuredClone(1, {}), structuredClone(1, { transfer: undefined }), structuredClone(1, { transfer: new Set() }), structuredClone.length, structuredClone.name);
console.log(structuredClone({ '__proto__': 1, ['__proto__']: 2 }), Object.keys(structuredClone({ b: 1, a: 2, 1: 3 })));
let deep = {};
for (let i = 0, at = deep; i < 1000; i++) at = at.next = {};
let depth = 0;
for (let at = structuredClone(deep); at.next; at = at.next) depth++;
console.log(depth);
