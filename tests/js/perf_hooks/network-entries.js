'use strict';
// Entries of connections and of HTTP, as far as somebody observes them.
const { PerformanceObserver } = require('perf_hooks');
const http = require('http');
const entries = [];
new PerformanceObserver((list) => entries.push(...list.getEntries())).observe({ entryTypes: ['http', 'net'] });
const server = http.createServer((request, response) => response.end('x')).listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port, path: '/p' }, (response) => {
    response.resume();
    response.on('end', () => { server.close(); setImmediate(() => setImmediate(show)); });
  });
});
function show() {
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, entryType, duration, detail, constructor } of entries) {
    console.log(name, entryType, constructor.name, duration >= 0, Object.keys(detail), detail.host, typeof detail.port);
    if (detail.req) console.log(detail.req.method, detail.req.url.replace(/.*\/p/, '/p'), Object.keys(detail.req), detail.res.statusCode, Object.keys(detail.res));
  }
}
