'use strict';
// A module that is required while it still runs warns of names it does not have yet.
process.on('warning', (warning) => console.log(warning.name, warning.message));
const a = require('./cycle/unfinished-a.cjs');
console.log(Object.getPrototypeOf(a) === Object.prototype, a.later);
