// flags: --expose-gc
// out: cleanup

const r = new FinalizationRegistry(() => { throw new Error('cleanup'); });
r.register({}, 1);
process.on('uncaughtException', e => { console.log(e.message); clearTimeout(t); });
gc(); setTimeout(gc, 10); const t = setTimeout(() => console.log('late'), 3000);
