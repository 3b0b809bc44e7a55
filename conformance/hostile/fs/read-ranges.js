// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: ERR_OUT_OF_RANGE
// out: 0
// out: 0
// out: len

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs'); const fd = fs.openSync(__filename); const b = Buffer.alloc(8);
for (const [o, l, p] of [[-1, 1, 0], [0, 9, 0], [8, 1, 0], [0, 1, -5], [0, 1, 2 ** 60], [2 ** 53, 1, 0], [0, NaN, 0], [0, 8, 1e9]]) T(() => { try { return fs.readSync(fd, b, o, l, p); } catch (e) { return e.code; } });
T(() => { try { return fs.readSync(fd, b, { get length() { throw new Error('len'); } }); } catch (e) { return e.message; } });
fs.closeSync(fd);
