// package.json files that are no JSON, no object, or hold fields of the wrong kind; packages without a main file.
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-bad-manifests-')));
const texts = ['{x', '', '[]', 'null', '5', '"s"', 'true', '{"name":5}', '{"type":5}', '{"main":5}', '{"main":null}', '{"exports":5}', '{"exports":null}', '{"imports":[]}', '{}', '{"main":"nowhere"}', '{"main":"./nowhere.js"}', '{"main":"folder/"}', '\ufeff{}'];
const tell = (kind, text, error) => {
  const shown = (line) => line.replaceAll(root, 'ROOT');
  console.log(`${kind} ${text} -> ${error.code} ${shown(error.message.split('\n')[0])} | ${shown(error.stack.split('\n').find((line) => /^\w*Error/.test(line))).slice(0, 40)} ${Object.keys(error)}`);
};
(async () => {
  for (const [index, text] of texts.entries()) {
    const name = `package-${index}`;
    const folder = path.join(root, 'node_modules', name);
    fs.mkdirSync(path.join(folder, 'folder'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), text);
    fs.writeFileSync(path.join(root, `${name}.mjs`), `import '${name}';\n`);
    await import(path.join(root, `${name}.mjs`)).then(() => console.log('import', text, 'works'), (error) => tell('import', text, error));
    try {
      require(folder);
      console.log('require', text, 'works');
    } catch (error) {
      tell('require', text, error);
    }
  }
  fs.rmSync(root, { recursive: true });
})();
