// out: awaited

const then = Promise.prototype.then;
Promise.prototype.then = function (...a) { console.log('then'); return then.apply(this, a); };
(async () => { await Promise.resolve(1); console.log('awaited'); })();
