// Stacks in terms of the sources: maps of text that was loaded, names that a compiler shortened, when they are on and when not.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const module_ = require('node:module');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mapped-'));
const map = { version: 3, sources: ['original.ts'], names: ['original'], sourcesContent: ['\n\nfunction original() {\n  throw new Error("x");\n}\n'], mappings: 'AAEA,SAASA,IACP,MAAM,IAAI,MAAM,IAAI' };
const text = `function a(){throw new Error("x")} module.exports = a;\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;
const file = path.join(folder, 'generated.js');
fs.writeFileSync(file, text);
const frame = (call) => { try { call(); } catch (error) { return error.stack.split('\n').slice(0, 2).join('\n').replaceAll(folder, ''); } };
const load = () => { delete require.cache[file]; return require(file); };
console.log(frame(load()));
module_.setSourceMapsSupport(true);
console.log(frame(load()));
// What a loader compiles counts, not what is in the file.
fs.writeFileSync(file, 'nothing');
const made = new module_(file);
made._compile(text, file);
console.log(frame(made.exports));
process.setSourceMapsEnabled(false);
console.log(frame(made.exports));
module_.setSourceMapsSupport(true);
Error.prepareStackTrace = (error, sites) => `own\n${sites[0].getLineNumber()}`;
console.log(frame(made.exports));
fs.rmSync(folder, { recursive: true });
