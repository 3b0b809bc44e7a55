// exit: 4

try { process.exit(4); } finally { console.log('no'); }
