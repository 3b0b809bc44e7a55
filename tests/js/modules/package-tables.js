// What the tables of package.json lead to, and how refusals read.
const { mkdirSync, writeFileSync, mkdtempSync, rmSync, realpathSync } = require('node:fs');
const { join } = require('node:path');
const root = realpathSync(mkdtempSync(join(require('node:os').tmpdir(), 'tables-')));
const put = (name, text) => { mkdirSync(join(root, name, '..'), { recursive: true }); writeFileSync(join(root, name), text); };
put('package.json', JSON.stringify({ name: 'own', imports: { '#path': 'path', '#url': 'some:url', '#gone': 'gone', '#x/*': './x/*.js' }, exports: { './list': { '1': './a.js' }, './empty': '' } }));
put('x/a.js', 'exports.a = 1');
put('node_modules/dep/package.json', JSON.stringify({ exports: { './*': './lib/*.js', './up': '../up.js', './enc/*': './lib/*' } }));
put('node_modules/dep/lib/a.js', 'exports.a = 1');
put('importer.cjs', 'exports.load = (name) => import(name); exports.require = require;');
const importer = require(join(root, 'importer.cjs'));
process.on('warning', (warning) => console.log('warning', warning.code, warning.message.replaceAll(root, '')));
process.noDeprecation = false;
(async () => {
  for (const name of ['#path', '#url', '#gone', '#x/a', '#x//a', 'own/list', 'own/empty', 'dep/a', 'dep//a', 'dep/up', 'dep/no%64e_modules', 'dep/enc/a%2Fb', 'dep/enc/..']) {
    for (const [how, load] of [['import', importer.load], ['require', async (name) => importer.require(name)]]) {
      if (how === 'require' && name === '#path') continue;
      try {
        console.log(how, name, Object.keys(await load(name)).length > 0);
      } catch (error) {
        console.log(how, name, error.code, error.message.replaceAll(root, '').split('\n')[0]);
      }
      await new Promise(setImmediate);
    }
  }
  rmSync(root, { recursive: true });
})();
