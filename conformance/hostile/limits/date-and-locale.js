// flags: --max-time=500
// exit: 124
// err: time limit reached

for (;;) [new Date().toLocaleString(), (1234.5).toLocaleString(), 'a'.localeCompare('b')];
