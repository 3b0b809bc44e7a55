// With showHidden a URL shows where its parts are; errors of the constructor have their code as a property alone.
const { inspect } = require('util');
for (const text of ['http://a/', 'mailto:x', 'https://u:p@h:8080/p?q#f', 'file:///a#b', 'http://[::1]:9/?#', 'https://:p@h/']) {
  console.log(inspect(new URL(text), { showHidden: true }));
}
console.log(inspect(new URL('http://a'), { showHidden: true, depth: 0 }));
for (const run of [() => new URL('x'), () => new URL('x', 'y'), () => (new URL('http://a').href = 'x'), () => require('url').fileURLToPath('x')]) {
  try {
    run();
  } catch (error) {
    console.log(String(error), error.stack.split('\n')[0], Object.entries(error));
  }
}
