const { PassThrough } = require('stream');
const p = new PassThrough({ highWaterMark: 1 }); let n = 0;
p.on('data', () => { if (++n > 50) { p.unpipe(); p.destroy(); console.log('stopped'); } });
p.pipe(p); p.write('x');
