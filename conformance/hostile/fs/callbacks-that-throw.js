// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_TYPE
// out: one
// out: two

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs'); let n = 0;
process.on('uncaughtException', e => { console.log(e.message); });
fs.stat(__filename, () => { throw new Error('one'); });
fs.readFile(__filename, () => { throw new Error('two'); });
T(() => { try { fs.stat(__filename); } catch (e) { return e.code; } });
T(() => { try { fs.stat(__filename, 5); } catch (e) { return e.code; } });
