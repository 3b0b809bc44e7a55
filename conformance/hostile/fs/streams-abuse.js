// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ENOENT
// out: open
// out: closed

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs');
T(() => { try { fs.createReadStream(__filename, { start: -1 }); } catch (e) { return e.code; } });
T(() => { try { fs.createReadStream(__filename, { start: 5, end: 1 }); } catch (e) { return e.code; } });
fs.createReadStream('/nope/nope').on('error', e => console.log(e.code));
const r = fs.createReadStream(__filename); r.destroy(); r.destroy(); r.on('close', () => console.log('closed'));
const w = fs.createWriteStream('/nope/x'); w.on('error', e => console.log(e.syscall)); w.write('x'); w.end('y');
