// flags: --max-time=300
// exit: 124
// err: time limit reached

setTimeout(() => console.log('timer'), 0);
(function f() { Promise.resolve().then(f); })();
