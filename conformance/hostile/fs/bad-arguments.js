// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_TYPE
// out: ERR_OUT_OF_RANGE
// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_TYPE
// out: undefined
// out: ERR_INVALID_ARG_VALUE
// out: ENOENT
// out: ERR_INVALID_URL_SCHEME
// out: ERR_INVALID_ARG_TYPE
// out: ERR_INVALID_ARG_VALUE

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs');
for (const a of [undefined, null, 5.5, -1, {}, [], () => {}, Symbol('x'), 'a\0b', '', new URL('http://x/'), 2 ** 53, Buffer.from('a\0')]) T(() => { try { fs.readFileSync(a); } catch (e) { return e.code; } });
