// exit: 8

(async () => { try { await null; process.exit(8); } finally { console.log('no'); } })();
setTimeout(() => console.log('no'), 10);
