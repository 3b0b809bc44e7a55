// out: ERR_OUT_OF_RANGE
// out: EBADF
// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ERR_INVALID_ARG_TYPE
// out: ERR_OUT_OF_RANGE
// out: ERR_INVALID_ARG_TYPE
// out: EBADF
// out: EBADF
// out: EBADF

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs');
for (const fd of [-1, 99999, 2 ** 31, 1.5, '0', NaN, {}]) T(() => { try { fs.fstatSync(fd); } catch (e) { return e.code; } });
T(() => { try { fs.readSync(99999, Buffer.alloc(1)); } catch (e) { return e.code; } });
T(() => { try { fs.writeSync(99999, 'x'); } catch (e) { return e.code; } });
T(() => { try { fs.closeSync(99999); } catch (e) { return e.code; } });
