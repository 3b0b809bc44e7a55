// flags: --max-fuel=300000
// exit: 122
// err: fuel used up

for (const x of { [Symbol.iterator]() { return { next() { return { value: 1 }; }, return() { console.log('no'); } }; } }) for (;;);
