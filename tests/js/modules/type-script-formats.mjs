// What hooks are told of files of TypeScript.
import { registerHooks, createRequire } from 'node:module';

const seen = [];
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    seen.push(['resolve', specifier, found.format]);
    return found;
  },
  load(url, context, next) {
    const loaded = next(url, context);
    seen.push(['load', url.split('/').at(-1), context.format, loaded.format, typeof loaded.source]);
    return loaded;
  },
});

await import('./typed/names.mts');
await import('./typed/detected.ts');
createRequire(import.meta.url)('./typed/plain.cts');
for (const line of seen) console.log(...line);

const given = registerHooks({
  load: (url, context, next) => url === 'virtual:typed' ? { format: 'module-typescript', source: 'export const x: number = 7', shortCircuit: true } : next(url, context),
  resolve: (specifier, context, next) => specifier === 'virtual:typed' ? { url: specifier, shortCircuit: true } : next(specifier, context),
});
console.log((await import('virtual:typed')).x);
given.deregister();
