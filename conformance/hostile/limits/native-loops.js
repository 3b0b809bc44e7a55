// flags: --max-time=300
// exit: 124
// err: time limit reached

Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);
