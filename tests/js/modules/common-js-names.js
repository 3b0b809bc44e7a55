// Which names of a CommonJS file an import can name: found in its text.
const { writeFileSync, mkdtempSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const folder = mkdtempSync(join(require('node:os').tmpdir(), 'names-'));
const texts = [
  'var a, b; module.exports = { a, b: a, c: class {}, d: 1, e: a };',
  'var a = {}; module.exports = { a, ...a, b: a };',
  'module.exports = { a: "text" };',
  'exports.a = 1; exports["b c"] = 2; Object.defineProperty(exports, "d", { enumerable: true, get: function () { return 1; } });',
  'var _x = require("./0.cjs"); Object.keys(_x).forEach(function (key) { if (key === "default" || key === "__esModule") return; Object.defineProperty(exports, key, { enumerable: true, get: function () { return _x[key]; } }); });',
];
(async () => {
  for (const [at, text] of texts.entries()) {
    const path = join(folder, `${at}.cjs`);
    writeFileSync(path, text);
    console.log(at, Object.keys(await import(path)).join(' '));
  }
  rmSync(folder, { recursive: true });
})();
