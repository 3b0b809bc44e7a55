// write: whole characters only, and the forms of its arguments.
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
const fresh = () => Buffer.alloc(5, '.');
const write = (...args) => { const b = fresh(); return [b.write(...args), b]; };
for (const args of [['ab'], ['ab€€'], ['abcd😀'], ['€x', 3], ['é', 4], ['aé€', 'ucs2'], ['aéb', 1, 'latin1'], ['\ud800', 3], ['\ud800', 2], ['abcdef', 2], ['abcdef', 2, 2], ['abcdef', 2, 2, 'latin1'],
  ['abc', undefined, undefined, 'hex'], ['616263', 'hex'], ['616263', 0, 'hex'], ['6162636465666768', 0, 3, 'hex'], ['YWJjZGVmZ2g=', 'base64'], ['YWJjZGVmZ2g=', 1, 2, 'base64'], ['abc', 0, 99999 < 5 ? 1 : 5], ['a', 5],
  ['', 0], ['abc', undefined, 'hex'], ['abc', 0, undefined, 'ascii'], ['ÿā', 'ascii'], ['x', 0, 1, ''], ['x', 0, 1, null]]) attempt(() => write(...args));
for (const args of [[5], [null], ['a', 6], ['a', -1], ['a', 1.5], ['a', NaN], ['a', '1'], ['a', null], ['a', {}], ['abc', 0, 6], ['abc', 0, -1], ['abc', 0, 1.5], ['a', 0, 1, 'nope'], ['a', 'nope']]) attempt(() => write(...args));
