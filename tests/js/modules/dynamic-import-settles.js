// import() settles where nothing else is queued, and so does a module that throws.
const fs = require('fs');
const os = require('os');
const path = require('path');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coil-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
fs.writeFileSync(path.join(folder, 'throws.mjs'), "import 'fs'; throw new TypeError('thrown');");
fs.writeFileSync(path.join(folder, 'waits.mjs'), 'await 1; export default 7;');
import(path.join(folder, 'throws.mjs')).then(
  () => console.log('not reached'),
  (error) => {
    console.log(error.name, error.message);
    import(path.join(folder, 'waits.mjs')).then((namespace) => {
      console.log(namespace.default);
      import('./missing.mjs').catch((error) => console.log(error.code));
    });
  },
);
