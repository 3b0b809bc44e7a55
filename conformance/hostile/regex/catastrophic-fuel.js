// flags: --max-fuel=500000
// exit: 122
// err: fuel used up

/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60));
console.log('no');
