// Serves a folder over HTTP: node-compatible, on http, fs, path and stream alone.
//   coil examples/file-server.js [folder] [port]
const fs = require('fs');
const http = require('http');
const path = require('path');
const { pipeline } = require('stream');

const root = path.resolve(process.argv[2] || path.join(__dirname, 'data'));
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.txt': 'text/plain' };

const server = http.createServer((request, response) => {
  const file = path.join(root, path.normalize(decodeURIComponent(request.url.split('?')[0])));
  if (file !== root && !file.startsWith(root + path.sep)) {
    response.writeHead(403).end('forbidden\n');
    return;
  }
  fs.stat(file, (error, stats) => {
    if (error) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found\n');
    } else if (stats.isDirectory()) {
      fs.readdir(file, (error, names) => {
        if (error) return response.writeHead(500).end(error.message + '\n');
        response.writeHead(200, { 'Content-Type': 'text/plain' }).end(names.sort().join('\n') + '\n');
      });
    } else {
      response.writeHead(200, { 'Content-Type': types[path.extname(file)] || 'application/octet-stream', 'Content-Length': stats.size });
      // Not pipe(): a client that leaves before the end would leave the file open.
      pipeline(fs.createReadStream(file), response, () => {});
    }
  });
});

server.listen(Number(process.argv[3] || 8080), () => console.log('serving', root, 'on port', server.address().port));
