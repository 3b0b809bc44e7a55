// A module that is loaded in the middle of a call leaves the call alone.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'require-esm-'));
fs.writeFileSync(path.join(folder, 'inner.mjs'), 'export const value = 1;');
fs.writeFileSync(path.join(folder, 'outer.mjs'), "import { value } from './inner.mjs'; export default value + 1; export { value };");
const load = (name) => require(path.join(folder, name));
const star = (module) => Object.keys(module).sort().join();
console.log(star(require(path.join(folder, 'outer.mjs'))), [1, load('inner.mjs').value, 2], Math.max(0, load('outer.mjs').default, 1));
fs.rmSync(folder, { recursive: true });
