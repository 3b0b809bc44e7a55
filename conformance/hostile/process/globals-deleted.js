// out: string
// out: awaited
// out: timer

const { log } = console;
delete globalThis.process; delete globalThis.Promise; delete globalThis.Array; delete globalThis.Object; delete globalThis.Symbol; delete globalThis.Error;
log(typeof require('util').inspect({}));
(async () => { await 1; log('awaited'); })();
setTimeout(() => log('timer'), 1);
