// out: Error
// out: Error
// out: Error
// out: ERR_INVALID_ARG_VALUE
// out: ERR_INVALID_ARG_VALUE
// out: ERR_INVALID_ARG_VALUE

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const fs = require('fs');
T(() => fs.readFileSync(__filename, { get encoding() { throw new Error('enc'); } }));
T(() => fs.readFileSync(__filename, { get flag() { throw new Error('flag'); } }));
T(() => fs.mkdirSync('/tmp', { get recursive() { throw new Error('rec'); } }));
T(() => { try { fs.readFileSync(__filename, { encoding: 'nope' }); } catch (e) { return e.code; } });
T(() => { try { fs.openSync(__filename, 'zz'); } catch (e) { return e.code; } });
T(() => { try { fs.openSync(__filename, 'r', 'rwx'); } catch (e) { return e.code; } });
