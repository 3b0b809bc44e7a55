// out: false
// out: ERR_STREAM_PUSH_AFTER_EOF

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { Readable } = require('stream');
const r = new Readable({ read() {} });
r.on('error', e => console.log(e.code));
r.push(null); T(() => r.push('x'));
