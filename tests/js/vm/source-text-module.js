'use strict';
// Modules that a script links itself: status, requests, links, cycles, dynamic import, import.meta, synthetic modules.
const { spawnSync } = require('child_process');
if (!process.execArgv.includes('--experimental-vm-modules')) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', __filename], { encoding: 'utf8' });
  process.stdout.write(stdout + stderr.replaceAll(__dirname, ''));
  return;
}
const vm = require('vm');
const { SourceTextModule: Source, SyntheticModule: Synthetic } = vm;
const attempt = async (label, run) => {
  try {
    console.log(label, await run());
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
};
(async () => {
  const module = new Source('import { x } from "a"; import "b"; export * from "c"; export default x + 1');
  console.log(module.status, module.identifier, module.dependencySpecifiers, module.moduleRequests.map(({ specifier, phase }) => specifier + phase));
  await attempt('early namespace', () => module.namespace);
  await attempt('early evaluate', () => module.evaluate());
  const texts = { a: 'export const x = 41', b: 'globalThis.ran = true', c: 'export const fromC = 3' };
  const asked = [];
  const linking = module.link((specifier, importer, { attributes }) => {
    asked.push(specifier, importer === module, Object.keys(attributes).length);
    return new Source(texts[specifier]);
  });
  console.log(module.status);
  await linking;
  console.log(module.status, asked);
  console.log(await module.evaluate(), module.status, module.namespace.default, module.namespace.fromC, globalThis.ran);
  await attempt('again', () => module.link(() => {}));
  await attempt('no error', () => module.error);

  const one = new Source('import { two } from "two"; export const one = 1; export const get = () => two', { identifier: 'one' });
  const two = new Source('import { one } from "one"; export const two = 2; export const get = () => one', { identifier: 'two' });
  await one.link((specifier) => (specifier === 'one' ? one : two));
  await one.evaluate();
  console.log(one.status, two.status, one.namespace.get(), two.namespace.get());

  const throws = new Source('throw new Error("inside")');
  await throws.link(() => {});
  await attempt('throws', () => throws.evaluate());
  console.log(throws.status, throws.error.message);
  await attempt('missing name', () => { const m = new Source('import { y } from "y"'); return m.link(() => new Source('')); });
  await attempt('no module', () => { const m = new Source('import "y"'); return m.link(() => ({})); });

  const context = vm.createContext({ seen: 0 });
  const within = new Source('seen = typeof process; export const proto = Object.getPrototypeOf([])', { context });
  await within.link(() => {});
  await within.evaluate();
  console.log(context.seen, within.namespace.proto === Array.prototype, within.identifier);
  await attempt('other context', () => { const m = new Source('import "y"'); return m.link(() => within); });

  const meta = new Source('export default import.meta', { initializeImportMeta(object, module) { object.same = module === meta; } });
  await meta.link(() => {});
  await meta.evaluate();
  console.log(meta.namespace.default);

  const synthetic = new Synthetic(['a', 'b c'], () => { synthetic.setExport('a', 1); synthetic.setExport('b c', 2); });
  console.log(synthetic.status);
  await synthetic.evaluate();
  console.log(synthetic.status, synthetic.namespace.a, synthetic.namespace['b c']);
  synthetic.setExport('a', 5);
  const reads = new Source('import { a } from "s"; export const get = () => a');
  await reads.link(() => synthetic);
  await reads.evaluate();
  synthetic.setExport('a', 6);
  console.log(reads.namespace.get());
  await attempt('no export', () => synthetic.setExport('z', 1));

  const dynamic = new Source('export default import("there", { with: { k: "v" } })', {
    importModuleDynamically: (specifier, importer, attributes, phase) => {
      console.log(specifier, importer === dynamic, { ...attributes }, phase);
      return one;
    },
  });
  await dynamic.link(() => {});
  await dynamic.evaluate();
  console.log((await dynamic.namespace.default) === one.namespace);
  const script = new vm.Script('import("x")', { importModuleDynamically: (specifier, importer) => { console.log(specifier, importer === script); return two; } });
  console.log((await script.runInThisContext()) === two.namespace);
  await attempt('nobody answers', () => new vm.Script('import("x")').runInThisContext());
  const m = new Source('await 1; export {};');
  m.linkRequests([]);
  m.instantiate();
  console.log(m.hasTopLevelAwait(), m.hasAsyncGraph(), m.status);
})();
