// Errors as values: type by name, message, stack, cause.
const keys = (e) => Reflect.ownKeys(e).filter((k) => typeof k === 'string').sort().join();
const show = (e) => { const c = structuredClone(e); console.log(c.constructor.name, c.name, String(c.message), typeof c.stack === 'string' ? c.stack === e.stack : c.stack, c.cause, keys(c), Object.prototype.toString.call(c)); };
for (const E of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) show(new E('m', { cause: { a: 1 } }));
show(new AggregateError([1], 'agg'));
show(Object.assign(new TypeError('t'), { name: 'Custom', extra: 1 }));
show(Object.assign(new Error('e'), { name: 'TypeError' }));
show(new (class Mine extends RangeError { constructor() { super('mine'); this.name = 'Mine'; } })());
show(new Error());
const number = new Error('x'); number.message = 5; show(number);
const getter = new Error('x'); Object.defineProperty(getter, 'message', { get: () => 'got' }); show(getter);
const bare = new Error('x'); bare.stack = 7; show(bare);
const empty = new Error('x'); empty.cause = undefined; show(empty);
const orphan = new TypeError('x'); Object.setPrototypeOf(orphan, null);
console.log(structuredClone(orphan).constructor.name, structuredClone(Object.create(Error.prototype)));
const loop = new Error('loop'); loop.cause = loop;
console.log(structuredClone(loop).cause.cause.message);
const dom = structuredClone(Object.assign(new DOMException('d', 'AbortError'), { extra: 1 }));
console.log(dom instanceof DOMException, dom.name, dom.message, dom.code, dom.extra, dom.stack.split('\n')[0]);
