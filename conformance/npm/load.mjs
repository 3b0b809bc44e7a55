// Loads a package by `require` and by `import`, and prints the names and kinds of what it exports.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const name = process.argv[2];

function kinds(value) {
  const kind = value === null ? 'null' : typeof value;
  if (kind !== 'object' && kind !== 'function') return kind;
  const names = Object.getOwnPropertyNames(value).filter((key) => !['length', 'name', 'prototype', 'arguments', 'caller'].includes(key));
  return `${kind} ${names.sort().map((key) => {
    let shown;
    try {
      shown = typeof value[key];
    } catch (error) {
      shown = `throws ${error.name}`;
    }
    return `${key}:${shown}`;
  }).join(' ')}`;
}

async function show(how, load) {
  try {
    console.log(how, kinds(await load()));
  } catch (error) {
    console.log(how, 'throws', error.name, error.code);
  }
}

await show('require', () => require(name));
await show('import', () => import(name));
process.exit();
