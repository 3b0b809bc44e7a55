// out: 5
// out: 1

const { Worker } = require('worker_threads');
const w = new Worker('process.exit(5)', { eval: true }); w.on('exit', c => { console.log(c); const v = new Worker('for(;;);', { eval: true }); v.on('online', () => v.terminate().then(c => console.log(c))); });
