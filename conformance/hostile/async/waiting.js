// flags: --max-time=200
// exit: 124
// err: time limit reached

setInterval(() => {}, 1e6);
