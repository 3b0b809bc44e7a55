// flags: --max-time=500
// exit: 124
// err: time limit reached

for (;;) new Float64Array(1e6).map(() => 1).sort((a, b) => a - b);
