// out: closed
// out: true

const { Readable } = require('stream');
(async () => { const r = Readable.from((function* () { try { for (;;) yield 'x'; } finally { console.log('closed'); } })()); let n = 0; for await (const c of r) if (++n === 3) break; console.log(r.destroyed); })();
