// out: spec
// out: TypeError
// out: TypeError
// out: ERR_MODULE_NOT_FOUND
// out: 5
// out: undefined
// out: false
// out: false

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
import('nope').catch(e => console.log(e.code));
import({ toString() { throw new Error('spec'); } }).catch(e => console.log(e.message));
import(Symbol()).catch(e => console.log(e.name));
import('data:text/javascript,export default 5').then(m => console.log(m.default), e => console.log(e.code));
import('node:fs').then(m => { T(() => { m.readFileSync = 1; }); T(() => Object.isFrozen(m)); T(() => delete m.readFileSync); });
import('./x.json', { with: 5 }).catch(e => console.log(e.name));
