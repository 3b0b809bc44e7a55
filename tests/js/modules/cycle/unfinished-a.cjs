exports.early = 1;
const b = require('./unfinished-b.cjs');
exports.later = b;
