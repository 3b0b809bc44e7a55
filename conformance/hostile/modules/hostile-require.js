// out: ERR_INVALID_ARG_VALUE
// out: MODULE_NOT_FOUND
// out: ERR_INVALID_ARG_TYPE
// out: MODULE_NOT_FOUND
// out: ERR_UNKNOWN_BUILTIN_MODULE
// out: true
// out: object

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { try { require(''); } catch (e) { return e.code; } });
T(() => { try { require('./nope'); } catch (e) { return e.code; } });
T(() => { try { require(5); } catch (e) { return e.code; } });
T(() => { try { require('a\0b'); } catch (e) { return e.code; } });
T(() => { try { require('node:nope'); } catch (e) { return e.code; } });
T(() => require(__filename) === module.exports);
require.cache = null; T(() => typeof require('path'));
module.exports = new Proxy({}, { get(t, k) { if (k === 'x') throw new Error('x'); return t[k]; } });
