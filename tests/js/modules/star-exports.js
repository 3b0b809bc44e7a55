// `export *` through a chain, a diamond and a circle; two modules that export one name; what a built-in exports after it was changed.
'use strict';
const fs = require('fs'), os = require('os'), path = require('path');
const { pathToFileURL } = require('url');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'star-exports-'));
const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
const load = name => import(pathToFileURL(path.join(folder, name)).href);

for (let i = 0; i < 400; i++) write(`chain${i}.mjs`, `export const n${i} = ${i}; export * from './chain${i + 1}.mjs';`);
write('chain400.mjs', 'export const end = 400; export default 1; export let n5 = "hidden";');

write('a.mjs', 'export const a = 1, both = "a", same = 0; export { shared } from "./c.mjs";');
write('b.mjs', 'export const b = 2, both = "b"; export * from "./c.mjs";');
write('c.mjs', 'export const shared = 3; export * as whole from "./a.mjs"; export default 0;');
write('diamond.mjs', 'export * from "./a.mjs"; export * from "./b.mjs"; export const same = 1;');
write('circle1.mjs', 'export * from "./circle2.mjs"; export const one = 1;');
write('circle2.mjs', 'export * from "./circle1.mjs"; export const two = 2; export { three as four } from "./circle1.mjs"; export const three = 3;');
write('commonjs.cjs', 'exports.x = 1; exports.y = 2;');
write('of-commonjs.mjs', 'export * from "./commonjs.cjs"; export const y = "own";');
write('ambiguous.mjs', 'import { both } from "./diamond.mjs";');
write('missing.mjs', 'import { nothing } from "./chain0.mjs";');

(async () => {
  const chain = await load('chain0.mjs');
  console.log(Object.keys(chain).length, chain.n0, chain.n5, chain.n399, chain.end, 'default' in chain);
  const diamond = await load('diamond.mjs');
  console.log(Object.keys(diamond).join(), diamond.shared, diamond.same, diamond.whole.a);
  const circle = await load('circle1.mjs');
  console.log(Object.keys(circle).join(), circle.four);
  const common = await load('of-commonjs.mjs');
  console.log(Object.keys(common).join(), common.y, common.x);
  for (const name of ['ambiguous.mjs', 'missing.mjs']) await load(name).catch(error => console.log(error.name, error.message));

  const events = await import('node:events');
  const once = events.once;
  require('events').once = 'changed';
  require('events').added = 1;
  console.log(events.once === once, events.default.once);
  require('module').syncBuiltinESMExports();
  console.log(events.once, 'added' in events);
  delete require('events').once;
  require('module').syncBuiltinESMExports();
  console.log(events.once);
  fs.rmSync(folder, { recursive: true });
})();
