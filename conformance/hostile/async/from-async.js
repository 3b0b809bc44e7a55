// out: n
// out: one
// out: map

Array.fromAsync({ [Symbol.asyncIterator]() { return { next() { throw new Error('n'); } }; } }).catch(e => console.log(e.message));
Array.fromAsync({ length: 2, 0: Promise.resolve(1), get 1() { throw new Error('one'); } }).catch(e => console.log(e.message));
Array.fromAsync([1], () => { throw new Error('map'); }).catch(e => console.log(e.message));
