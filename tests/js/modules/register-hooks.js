'use strict';
// module.registerHooks: who is asked when, what may be given, and how a chain goes on.
const { registerHooks } = require('module');
const shown = (url) => url.replace(/.*\//, '');
(async () => {
  const first = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'virtual:one') return { url: 'virtual:one', format: 'module', shortCircuit: true };
      const result = next(specifier, context);
      console.log('resolve', shown(specifier), '->', shown(result.url), result.format, context.conditions.includes('require'));
      return result;
    },
    load(url, context, next) {
      if (url === 'virtual:one') return { format: 'module', source: 'export default import.meta.url; export const name = "one"', shortCircuit: true };
      const result = next(url, context);
      console.log('load', shown(url), result.format);
      if (url.endsWith('real.mjs')) return { ...result, source: String(result.source).replace('real', 'changed') };
      return result;
    },
  });
  console.log((await import('./hooked/real.mjs')).default);
  console.log((await import('virtual:one')).default, (await import('virtual:one')).name);
  console.log(require('./hooked/common.cjs'), require('fs') === process.getBuiltinModule('fs'));
  const second = registerHooks({ resolve: (specifier, context, next) => next(specifier === 'alias' ? 'virtual:one' : specifier, context) });
  console.log((await import('alias')).name);
  second.deregister();
  first.deregister();
  await import('alias').catch((error) => console.log(error.code));
  for (const hooks of [
    { resolve: () => ({ url: 'file:///x' }) },
    { resolve: () => ({ shortCircuit: true }) },
    { load: () => ({ format: 'module', source: '' }) },
    { load: () => ({ shortCircuit: true, format: 'module' }) },
    { load: () => ({ shortCircuit: true, format: 'what', source: '' }) },
  ]) {
    const registered = registerHooks(hooks);
    await import('./hooked/real.mjs?' + Math.random()).then(() => console.log('loaded'), (error) => console.log(error.name, error.code, error.message.replace(/file:.*/, '')));
    registered.deregister();
  }
  for (const wrong of [{ resolve: 1 }, { load: 'x' }]) {
    try { registerHooks(wrong); } catch (error) { console.log(error.code, error.message); }
  }
})();
