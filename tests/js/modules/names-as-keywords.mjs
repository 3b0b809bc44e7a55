// `of` and `async` are names: of exports, of imports, of parameters.
import { of } from './names-as-keywords/names.mjs';
import { async } from './names-as-keywords/names.mjs';
import from, { of as also, async as later } from './names-as-keywords/names.mjs';

console.log(of, async, from, also, later);
console.log((async => async + 1)(1), (of => of + 1)(2), ((async, of) => async + of)(3, 4));
for (const of of [5]) console.log(of);
