// out: TypeError
// out: ERR_WORKER_PATH
// out: DataCloneError
// out: inside
// out: exit 1

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { Worker } = require('worker_threads');
T(() => new Worker(5));
T(() => { try { new Worker('nope'); } catch (e) { return e.code; } });
const w = new Worker('throw new Error("inside")', { eval: true }); w.on('error', e => console.log(e.message)); w.on('exit', c => console.log('exit', c));
T(() => { w.postMessage(() => {}); });
