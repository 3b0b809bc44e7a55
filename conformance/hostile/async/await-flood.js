// flags: --max-fuel=200000
// exit: 122
// err: fuel used up

(async () => { try { for (;;) await 1; } finally { console.log('finally'); } })();
