// out: undefined
// out: object
// out: number
// out: string
// out: symbol
// out: object
// out: object
// out: function
// out: bigint

process.on('uncaughtException', e => { try { console.log(typeof e); } catch {} });
const vals = [undefined, null, 0, '', Symbol('x'), Object.create(null), new Proxy({}, { get() { throw 1; } }), new Proxy(function () {}, {}), 1n];
for (const v of vals) setTimeout(() => { throw v; }, 1);
