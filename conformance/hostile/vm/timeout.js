// out: ERR_SCRIPT_EXECUTION_TIMEOUT
// out: ERR_OUT_OF_RANGE

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const vm = require('vm');
T(() => { try { vm.runInNewContext('for(;;);', {}, { timeout: 50 }); } catch (e) { return e.code; } });
T(() => { try { vm.runInNewContext('1', {}, { timeout: -1 }); } catch (e) { return e.code; } });
