// flags: --max-time=300
// exit: 124
// err: time limit reached

console.log({ [require('util').inspect.custom]() { for (;;); } });
