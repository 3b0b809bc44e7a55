// out: detached
// out: written

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs'), os = require('os'), path = require('path');
const f = path.join(os.tmpdir(), 'coil-hostile-' + process.pid);
const ab = new ArrayBuffer(16); const u = new Uint8Array(ab);
fs.writeFile(f, u, e => { console.log(e ? e.code : 'written'); fs.unlinkSync(f); });
T(() => { structuredClone(ab, { transfer: [ab] }); return 'detached'; });
