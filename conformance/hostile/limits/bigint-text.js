// flags: --max-time=500
// exit: 124
// err: time limit reached

(7n ** 3000000n).toString();
console.log('no');
