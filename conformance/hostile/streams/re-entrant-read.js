// out: xxxxxend

const { Readable } = require('stream'); let n = 0;
const r = new Readable({ read() { this.push(n++ < 5 ? 'x' : null); r.read(0); } });
r.on('data', d => { r.pause(); r.resume(); process.stdout.write(d); });
r.on('end', () => console.log('end'));
