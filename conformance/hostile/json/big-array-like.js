// flags: --max-fuel=3000000
// exit: 122
// err: fuel used up

JSON.stringify(new Proxy([], { get(t, k) { return k === 'length' ? 2 ** 32 - 1 : undefined; } }));
console.log('no');
