const a = require('./unfinished-a.cjs');
module.exports = [a.early, a.missing, 'other' in a, a[Symbol('s')]];
