// flags: --max-time=300
// exit: 124
// err: time limit reached

/(a+)+$/.test('a'.repeat(60) + 'b');
console.log('no');
