// out: ERR_MULTIPLE_CALLBACK
// out: in read
// out: close

const { Duplex, Transform, pipeline } = require('stream');
const d = new Duplex({ read() { this.destroy(new Error('in read')); }, write(c, e, cb) { cb(); }, destroy(e, cb) { d.destroy(); cb(e); cb(e); } });
d.on('error', e => console.log(e.message)); d.on('close', () => console.log('close')); d.resume();
const t = new Transform({ transform(c, e, cb) { cb(null, c); cb(null, c); } });
t.on('error', e => console.log(e.code)); t.write('x');
