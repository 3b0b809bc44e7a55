// out: ERR_DIR_CLOSED
// out: ERR_DIR_CLOSED
// out: ERR_INVALID_ARG_VALUE

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs'); const d = fs.opendirSync('/');
d.closeSync();
T(() => { try { d.readSync(); } catch (e) { return e.code; } });
T(() => { try { d.closeSync(); } catch (e) { return e.code; } });
T(() => { try { fs.readdirSync('/', { withFileTypes: true, encoding: 'nope' }); } catch (e) { return e.code; } });
