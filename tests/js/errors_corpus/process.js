'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const here = process.cwd();
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).replaceAll(here, '.').split('\\n').slice(0, 3).join(' | ')}`);
const bad = (label, call) => {
  try {
    call();
    console.log(`#${++n} ${label}: no error`);
  } catch (error) {
    told(label, error);
  }
};
const each = (label, values, call) => values.forEach((value) => bad(`${label}(${brief(value)})`, () => call(value)));
const s = Symbol('s');
const fn = () => {};

each('chdir', [undefined, null, 1, {}, [], true, '/nonexistent'], (v) => process.chdir(v)); each('kill', [undefined, null, 'x', {}, NaN], (v) => process.kill(v)); each('kill signal', ['x', 'SIGNOPE', 99999, {}], (v) => process.kill(process.pid, v)); each('umask', ['x', -1, {}, '9', 2 ** 40], (v) => process.umask(v)); each('nextTick', [undefined, null, 1, 'x', {}], (v) => process.nextTick(v)); each('hrtime', [1, 'x', {}, [1], [1, 2, 3]], (v) => process.hrtime(v)); each('emitWarning', [undefined, null, 1, {}, true], (v) => process.emitWarning(v)); each('emitWarning type', [1, true], (v) => process.emitWarning('a', v)); each('emitWarning code', [1, true, {}], (v) => process.emitWarning('a', 'b', v)); each('setUncaughtExceptionCaptureCallback', [undefined, 1, 'x', {}], (v) => process.setUncaughtExceptionCaptureCallback(v)); each('exitCode', ['x', {}, true, 1.5, NaN, [], s], (v) => { process.exitCode = v; }); each('exit', ['x', {}, true, 1.5], (v) => process.exit(v)); each('cpuUsage', [1, 'x', { user: 1 }, { user: 'x' }, { user: -1, system: 1 }, { user: 1, system: 'x' }], (v) => process.cpuUsage(v)); each('getBuiltinModule', [undefined, 1, {}], (v) => process.getBuiltinModule(v)); each('loadEnvFile', [1, {}, '/nonexistent'], (v) => process.loadEnvFile(v)); each('setSourceMapsEnabled', [1, 'x', undefined], (v) => process.setSourceMapsEnabled(v)); for (const m of ['setuid', 'setgid', 'seteuid', 'setegid']) each(m, [undefined, null, {}, -1, 1.5, 'nosuchuser'], (v) => process[m](v)); each('setgroups', [undefined, 1, [null], ['nosuch']], (v) => process.setgroups(v)); each('initgroups', [undefined, null], (v) => process.initgroups(v, 1)); each('dlopen', [undefined, 1], (v) => process.dlopen(v)); bad('env define', () => Object.defineProperty(process.env, 'x', { value: 1 })); bad('env accessor', () => Object.defineProperty(process.env, 'x', { get() {} })); bad('env symbol', () => { process.env.x = s; }); bad('env symbol key', () => { process.env[s] = 1; }); each('binding', [undefined, 'nope'], (v) => process.binding(v)); each('finalization', [1, 'x'], (v) => process.finalization.register(v, fn)); each('ref', [], fn); each('title', [s], (v) => { process.title = v; }); each('resourceUsage', [], fn); each('threadCpuUsage', [1, 'x', { user: 'x' }], (v) => process.threadCpuUsage(v));
