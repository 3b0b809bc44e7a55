// Copies of plain arrays and objects, and everything that may make them other than plain.
const assert = (holds, what) => { if (!holds) throw new Error(what ?? new Error().stack.split("\n")[2]); };
const same = (list, expected) => assert(JSON.stringify(list) === JSON.stringify(expected), JSON.stringify(list));

// concat, slice, map, filter, reverse
same([1, 2].concat([3.5], 'x', [], [null, undefined]), [1, 2, 3.5, 'x', null, null]);
same([].concat([1, , 3]), [1, null, 3]);
assert(!(1 in [].concat([1, , 3])));
const holes = [1, 2];
holes.length = 5;
const joined = holes.concat([6]);
assert(joined.length === 6 && !(3 in joined) && joined[5] === 6);
same([1, 2, 3, 4].slice(1, -1), [2, 3]);
same([1, 'b', { c: 1 }].map((value) => value), [1, 'b', { c: 1 }]);
same([1, 2, 3].filter((value) => value !== 2), [1, 3]);
const list = [1, 2.5, 'c'];
assert(list.reverse() === list);
same(list, ['c', 2.5, 1]);
same([1, 2, 3].reverse(), [3, 2, 1]);
const sparse = [1, , 3, 4].reverse();
assert(sparse.length === 4 && !(2 in sparse) && sparse[3] === 1);
const frozen = Object.freeze([1, 2]);
let refused = false;
try {
  frozen.reverse();
} catch {
  refused = true;
}
assert(refused && frozen[0] === 1);

// An array with a class of its own, and a changed species.
class List extends Array {}
assert(List.from([1, 2]).slice() instanceof List);
assert(List.from([1, 2]).concat([3]) instanceof List);
const own = [1, 2, 3];
own.constructor = { [Symbol.species]: function (length) { this.made = length; } };
assert(own.slice(1).made === 2);
const spreads = [1, 2];
spreads[Symbol.isConcatSpreadable] = false;
assert([].concat(spreads)[0] === spreads);
const species = Object.getOwnPropertyDescriptor(Array, Symbol.species);
Object.defineProperty(Array, Symbol.species, { configurable: true, get: () => List });
assert([1].map((value) => value) instanceof List);
Object.defineProperty(Array, Symbol.species, species);
assert(!([1].map((value) => value) instanceof List));
const constructor = Array.prototype.constructor;
Array.prototype.constructor = List;
assert([1].slice() instanceof List);
Array.prototype.constructor = constructor;
assert(!([1].slice() instanceof List));

// A setter for an element on a prototype has no say in what is defined.
let seen = 0;
Object.defineProperty(Array.prototype, 0, { configurable: true, set() { seen += 1; } });
same([1].concat([2]), [1, 2]);
same([1].map((value) => value + 1), [2]);
delete Array.prototype[0];
assert(seen === 0);

// { ...object }
const symbol = Symbol('s');
const source = { b: 1, [symbol]: 2, a: 3, 5: 4, 1: 5 };
const copy = { ...source };
assert(Reflect.ownKeys(copy).map(String).join() === '1,5,b,a,Symbol(s)');
copy.b = 9;
assert(source.b === 1 && copy.a === 3 && copy[5] === 4);
const grown = { ...copy, z: 1 };
assert(!('z' in copy) && grown.z === 1 && { ...grown, b: 0 }.b === 0);
assert({ b: 7, ...source }.b === 1 && { ...source, b: 7 }.b === 7);
assert(Object.keys({ b: 7, ...source }).join() === '1,5,b,a');
let reads = 0;
const getters = { get x() { reads += 1; return 1; }, y: 2 };
assert(Object.getOwnPropertyDescriptor({ ...getters }, 'x').value === 1 && reads === 1);
const descriptor = Object.getOwnPropertyDescriptor({ get x() { return 0; }, ...{ x: 5 } }, 'x');
assert(descriptor.value === 5 && descriptor.writable);
const hidden = Object.defineProperty({ a: 1 }, 'h', { value: 2, enumerable: false });
assert(!('h' in { ...hidden }) && { ...hidden }.a === 1);
const readOnly = Object.freeze({ a: 1 });
const free = { ...readOnly };
free.a = 2;
assert(free.a === 2 && Object.getOwnPropertyDescriptor(free, 'a').writable);
assert(Object.getPrototypeOf({ ...Object.create({ inherited: 1 }) }) === Object.prototype && !('inherited' in { ...Object.create({ inherited: 1 }) }));
class Point { x = 1; #hidden = 2; get sum() { return this.x + this.#hidden; } }
assert(Object.keys({ ...new Point() }).join() === 'x' && !({ ...new Point() } instanceof Point));
assert({ ...'ab' }[1] === 'b' && Object.keys({ ...[1, , 3] }).join() === '0,2' && Object.keys({ ...null, ...undefined, ...5 }).length === 0);
const { b, ...rest } = source;
assert(b === 1 && Reflect.ownKeys(rest).map(String).join() === '1,5,a,Symbol(s)');
const log = [];
const proxy = new Proxy({ p: 1, q: 2 }, { ownKeys: (target) => (log.push('keys'), Reflect.ownKeys(target)), getOwnPropertyDescriptor: (target, key) => (log.push(key), Reflect.getOwnPropertyDescriptor(target, key)) });
assert({ ...proxy }.q === 2 && log.join() === 'keys,p,q');
const many = {};
for (let i = 0; i < 2000; i++) many['k' + i] = i;
delete many.k5;
const manyCopied = { ...many };
assert(Object.keys(manyCopied).length === 1999 && manyCopied.k1999 === 1999 && !('k5' in manyCopied));
manyCopied.extra = 1;
assert(!('extra' in many));
'held'
//=> held
