// out: then
// out: a then
// out: iter
// out: AggregateError 0
// out: get
// out: all then

const e = { get then() { throw new Error('then'); } };
Promise.resolve(e).catch(x => console.log(x.message));
(async () => e)().catch(x => console.log('a', x.message));
Promise.all([e]).catch(x => console.log('all', x.message));
Promise.race({ [Symbol.iterator]() { throw new Error('iter'); } }).catch(x => console.log(x.message));
Promise.any([]).catch(x => console.log(x.name, x.errors.length));
Promise.all({ get [Symbol.iterator]() { throw new Error('get'); } }).catch(x => console.log(x.message));
