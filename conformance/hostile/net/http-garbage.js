// out: HTTP/1.1 400 Bad Request
// out: HTTP/1.1 400 Bad Request
// out: HTTP/1.1 400 Bad Request
// out: HTTP/1.1 400 Bad Request
// out: HTTP/1.1 431 Request Header Fields Too Large
// out: HTTP/1.1 400 Bad Request
// out: HTTP/1.1 200 OK

const net = require('net'), http = require('http');
const s = http.createServer((q, r) => r.end('ok'));
s.listen(0, () => {
  const texts = ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET ' + 'a'.repeat(20000) + ' HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nA: ' + 'b'.repeat(40000) + '\r\n\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n'];
  let n = 0; const out = [];
  texts.forEach((t, i) => { let d = ''; const c = net.connect(s.address().port, () => c.write(t)); c.on('data', x => { d += x; }); c.on('error', () => {}); c.on('close', () => { out[i] = d.split('\r\n')[0]; if (++n === texts.length) { console.log(out.join('\n')); s.close(); } }); });
});
