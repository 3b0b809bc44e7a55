// Errors of ES modules that a program written as CommonJS runs into say what to do.
const file = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`).catch((error) => console.log(error.name, error.code, error.message));
(async () => {
  await file('module.exports = 1');
  await file('const fs = require("fs")');
  await file('const fs = require("fs"); await 1');
  await file('console.log(__filename, await 1)');
  await file('missing()');
  await import('./named/importer.mjs').catch((error) => console.log(error.name, error.message));
})();
