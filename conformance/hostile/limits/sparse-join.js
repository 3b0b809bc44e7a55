// flags: --max-time=500
// exit: 124
// err: time limit reached

Array(2 ** 28).join('');
for (;;);
