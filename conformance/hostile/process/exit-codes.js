// out: TypeError
// out: RangeError
// out: TypeError
// out: set

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => process.exit('x'));
T(() => { process.exitCode = 1.5; });
T(() => { process.exitCode = {}; });
T(() => { process.exitCode = '0'; return 'set'; });
