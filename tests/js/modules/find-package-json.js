const { findPackageJSON } = require('node:module');
const here = __filename;
for (const args of [[], ['x', null], ['./x'], ['no-such-package', here], ['http://a/b'], ['x', 'relative.js']]) {
  try {
    console.log(findPackageJSON(...args));
  } catch (error) {
    console.log(error.code, error.message.replaceAll(__dirname, ''));
  }
}
