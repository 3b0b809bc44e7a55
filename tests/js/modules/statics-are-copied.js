'use strict';
// jest copies every static of Module to a class of its own that extends it.
const Module = require('module');
class Copy extends Module {}
for (const [key, value] of Object.entries(Module)) Copy[key] = value;
console.log(Array.isArray(Copy.builtinModules), Copy.builtinModules.includes('fs'), Object.hasOwn(Copy, 'builtinModules'));
Module.builtinModules = [...Module.builtinModules, 'mine'];
console.log(Module.builtinModules.includes('mine'), Copy.builtinModules.includes('mine'));
