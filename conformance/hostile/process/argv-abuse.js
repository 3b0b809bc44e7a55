// out: true
// out: Error
// out: Error
// out: RangeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
process.argv = null;
process.execArgv = 5;
T(() => require('path').resolve('x').length > 0);
T(() => process.emitWarning('w', { get type() { throw new Error('type'); } }));
T(() => process.chdir('\0'));
T(() => process.hrtime([1]));
T(() => process.hrtime('x'));
T(() => process.kill(process.pid, 'SIGNOPE'));
T(() => process.umask('zz'));
T(() => process.cwd.call(null).length > 0);
