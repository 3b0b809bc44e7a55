'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).split('\\n').slice(0, 3).join(' | ')}`);
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

const cp = require('child_process'); for (const m of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork']) each(`cp.${m}`, [undefined, null, 1, {}, [], true, '', 'a\0b'].slice(0, m === 'fork' ? 6 : 8), (v) => cp[m](v)); for (const m of ['exec', 'execSync']) each(`cp.${m}`, [undefined, null, 1, {}, true, 'a\0b'], (v) => cp[m](v)); for (const m of ['spawn', 'spawnSync']) { each(`${m} args`, [1, 'x', true], (v) => cp[m]('x', v)); each(`${m} options`, [1, 'x', true], (v) => cp[m]('x', [], v)); for (const [o, vs] of Object.entries({ cwd: [1, {}, true, 'a\0b'], detached: [1, 'x'], uid: ['x', {}], gid: ['x', {}], shell: [1, {}], argv0: [1, {}], windowsHide: [1, 'x'], windowsVerbatimArguments: [1], stdio: ['x', 1, ['x'], { a: 1 }], timeout: ['x', -1, 1.5], killSignal: ['x', 1.5, {}], env: [], serialization: m === 'spawn' ? ['x', 1] : [], signal: m === 'spawn' ? [1, {}] : [], maxBuffer: m === 'spawn' ? [] : ['x', -1] })) each(`${m} ${o}`, vs, (v) => cp[m]('x', [], { [o]: v })); } each('fork args', [1, 'x', true], (v) => cp.fork('x', v)); each('fork options', [1, 'x'], (v) => cp.fork('x', [], v)); each('fork stdio', ['x', ['pipe']], (v) => cp.fork('x', [], { stdio: v })); each('fork execArgv', [1], (v) => cp.fork('x', [], { execArgv: v })); each('execFile args', [1, true], (v) => cp.execFile('x', v)); each('execFile timeout', ['x', -1], (v) => cp.execFile('x', [], { timeout: v })); each('execFile maxBuffer', ['x', -1], (v) => cp.execFile('x', [], { maxBuffer: v })); each('execFile killSignal', ['x'], (v) => cp.execFile('x', [], { killSignal: v })); each('execFile cb', [1, 'x'], (v) => cp.execFile('x', [], {}, v)); each('args nul', [['a\0b']], (v) => cp.spawn('x', v)); each('env nul', [{ a: 'b\0' }], (v) => cp.spawn('x', [], { env: v }));
