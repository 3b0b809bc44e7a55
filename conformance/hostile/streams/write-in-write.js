// out: false
// out: finish 6
// out: ERR_MULTIPLE_CALLBACK

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { Writable } = require('stream'); let n = 0;
const w = new Writable({ write(c, e, cb) { if (n++ < 5) w.write('y'); cb(); }, final(cb) { cb(); cb(); } });
w.on('error', e => console.log(e.code)); w.on('finish', () => console.log('finish', n));
w.write('x'); w.end(); T(() => w.write('z'));
