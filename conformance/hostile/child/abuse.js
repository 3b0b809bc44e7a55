// out: ERR_INVALID_ARG_VALUE
// out: ERR_INVALID_ARG_VALUE
// out: ERR_INVALID_ARG_TYPE
// out: ENOENT
// out: 3
// out: ENOENT

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const cp = require('child_process');
T(() => { try { cp.spawn(''); } catch (e) { return e.code; } });
T(() => { try { cp.spawn('a\0b'); } catch (e) { return e.code; } });
T(() => { try { cp.spawn('x', 5); } catch (e) { return e.code; } });
cp.spawn('/nope/nope').on('error', e => console.log(e.code));
T(() => cp.spawnSync('/nope').error.code);
T(() => { try { cp.execSync('exit 3', { stdio: 'ignore' }); } catch (e) { return e.status; } });
