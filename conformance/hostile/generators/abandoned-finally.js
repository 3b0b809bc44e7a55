// out: never

function* g() { try { yield 1; } finally { console.log('never'); } }
g().next();
const [a] = g();
