// Files of TypeScript run with their types stripped, whichever way they are loaded.
import { createRequire } from 'node:module';
import { name, area, at } from './typed/names.mts';
import { detected } from './typed/detected.ts';
import plain, { named } from './typed/plain.cts';

const require = createRequire(import.meta.url);
console.log(process.features.typescript, Object.keys(require.extensions));
console.log(name, area, at(1), detected, plain, named);

const { Counter } = require('./typed/value.ts');
console.log(new Counter().add('a').add('b').total);
console.log(Object.keys(require('./typed/detected.ts')), require('./typed/names.mts').area);

try { require('./typed/throws.ts')('thrown'); } catch (error) { console.log(error.stack.split('\n')[1].replace(/\(.*\//, '(')); }
for (const file of ['./typed/value', './typed/enum.ts', './typed/node_modules/packed/index.ts']) {
  try { require(file); } catch (error) { console.log(error.name, error.code, error.message.split('\n')[0].replace(/"?(file:\/\/)?\/.*\//, '')); }
}
await import('./typed/enum.ts').catch((error) => console.log(error.code, error.stack.split('\n').slice(1, 4)));
await import('./typed/broken.ts').catch((error) => console.log(error.name, error.code));
await import('./typed/node_modules/packed/index.ts').catch((error) => console.log(error.code));
