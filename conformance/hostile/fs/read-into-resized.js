// out: number 1

const fs = require('fs'); const fd = fs.openSync(__filename);
const ab = new ArrayBuffer(64, { maxByteLength: 64 }); const u = new Uint8Array(ab);
fs.read(fd, u, 0, 64, 0, (e, n) => { console.log(typeof n, u.length); fs.closeSync(fd); });
ab.resize(1);
