// Sessions over streams that are no sockets.
const http2 = require('http2');
const { duplexPair } = require('stream');

const server = http2.createServer((request, response) => response.end(`you asked for ${request.url}`));
const [one, other] = duplexPair();
server.emit('connection', other);
const client = http2.connect('http://somewhere.example', { createConnection: () => one });
const request = client.request({ ':path': '/here' });
console.log(request.sentHeaders[':authority'], request.sentHeaders[':scheme']);
let text = '';
request.on('data', (chunk) => (text += chunk));
request.on('end', () => console.log(text));
request.on('close', () => client.close(() => console.log('closed')));
