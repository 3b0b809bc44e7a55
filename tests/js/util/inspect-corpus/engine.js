'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

const k = {};
show(new WeakSet([k]), { showHidden: true });
show(new WeakMap([[k, 1]]), { showHidden: true });
show(RegExp.prototype);
