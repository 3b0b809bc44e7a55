'use strict';
// Paths and file URLs, with their errors.
const { fileURLToPath, fileURLToPathBuffer, pathToFileURL, urlToHttpOptions, domainToASCII, domainToUnicode, format } = require('url');
console.log(pathToFileURL('/a b/ü#?%~[]').href, pathToFileURL('/a/../b/').href);
console.log(fileURLToPath('file:///a%20b/%C3%BC'), fileURLToPath(new URL('file:///x')), fileURLToPathBuffer('file:///%FF'));
console.log(fileURLToPath('file:///C:/a/b', { windows: true }), fileURLToPath('file://host/a', { windows: true }));
for (const bad of ['http://a', 'file://h/a', 'file:///a%2fb', 1, 'zz', 'file:///%zz']) {
  try {
    console.log(fileURLToPath(bad));
  } catch (error) {
    console.log(error.name, error.code, error.message, String(error.input));
  }
}
try {
  require('fs').readFileSync(new URL('file://host/a'));
} catch (error) {
  console.log(error.code);
}
console.log(require('fs').existsSync(pathToFileURL(__filename)));
console.log(urlToHttpOptions(new URL('http://a:b@c.d:81/e/f?g=h#i')), urlToHttpOptions(new URL('http://[::1]/')).hostname);
console.log(domainToASCII('español.com'), domainToASCII('xn--iñvalid.com') === '', domainToUnicode('xn--espaol-zwa.com'));
console.log(format(new URL('http://a:b@xn--espaol-zwa.com/x?y#z'), { unicode: true, auth: false, fragment: false, search: false }));
