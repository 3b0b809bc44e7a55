// flags: --max-fuel=1000000
// exit: 122
// err: fuel used up

let n = 0; process.on('exit', () => console.log('no')); try { for (;;) n++; } catch { console.log('no'); } finally { console.log('no'); }
