// flags: --max-time=300
// exit: 124
// err: time limit reached

(async () => { for await (const x of (async function* () { for (;;) yield 1; })()) ; })();
