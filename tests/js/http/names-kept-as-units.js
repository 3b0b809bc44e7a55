'use strict';
// A field's name may have come out of any string function: what counts is its text.
const http = require('http');
const names = ['Vary'.toLowerCase(), 'content-length'.normalize(), 'X-A'.split('')[0] + '-b', decodeURIComponent('x%2Dc')];
for (const name of names) http.validateHeaderName(name);
const server = http.createServer((request, response) => {
  response.setHeader('Vary'.toLowerCase(), 'a');
  response.appendHeader('Vary'.toLowerCase(), 'b');
  response.writeHead(200, { ['Content-Length'.toLowerCase()]: '2' });
  response.end('ok');
});
server.listen(0, () => {
  http.get({ port: server.address().port, headers: { ['X-Q'.toLowerCase()]: '1' } }, (response) => {
    console.log(response.headers.vary, response.headers['content-length'], response.headers['transfer-encoding']);
    response.resume();
    server.close();
  });
});
for (const name of ['Ā', 'a b'.toLowerCase(), '']) {
  try {
    http.validateHeaderName(name);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
