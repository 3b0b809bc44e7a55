// out: ERR_MODULE_NOT_FOUND
// out: spec
// out: TypeError
// out: 5
// out: undefined
// out: false
// out: false
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
// One after the other: which of several loads ends first is nobody's promise.
(async () => {
  await import('nope').catch(e => console.log(e.code));
  await import({ toString() { throw new Error('spec'); } }).catch(e => console.log(e.message));
  await import(Symbol()).catch(e => console.log(e.name));
  await import('data:text/javascript,export default 5').then(m => console.log(m.default), e => console.log(e.code));
  await import('node:fs').then(m => { T(() => { m.readFileSync = 1; }); T(() => Object.isFrozen(m)); T(() => delete m.readFileSync); });
  await import('./x.json', { with: 5 }).catch(e => console.log(e.name));
})();
