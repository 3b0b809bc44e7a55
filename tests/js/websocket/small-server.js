'use strict';

// The server's half of RFC 6455, as much as these tests ask for: one frame at a time, masked as clients must.

const http = require('node:http');
const { createHash } = require('node:crypto');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

function frame(opcode, payload, fin = true) {
  const body = Buffer.from(payload);
  const head = [(fin ? 0x80 : 0) | opcode];
  if (body.length < 126) head.push(body.length);
  else if (body.length < 65536) head.push(126, body.length >> 8, body.length & 255);
  else head.push(127, 0, 0, 0, 0, body.length >>> 24, (body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255);
  return Buffer.concat([Buffer.from(head), body]);
}

// Calls onFrame(opcode, payload, socket) for each frame that comes.
function listen(onFrame, onOpen = () => {}, { accept = true, protocol } = {}) {
  const server = http.createServer((req, res) => res.end('no socket here'));
  const sockets = new Set();
  server.end = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  server.on('upgrade', (req, socket) => {
    const key = req.headers['sec-websocket-key'];
    const answer = createHash('sha1').update((accept ? key : 'other') + GUID).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${answer}`];
    if (protocol) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    socket.write(lines.join('\r\n') + '\r\n\r\n');
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        if (pending.length < 2) return;
        let length = pending[1] & 127;
        let at = 2;
        if (length === 126) { length = pending.readUInt16BE(2); at = 4; }
        else if (length === 127) { length = Number(pending.readBigUInt64BE(2)); at = 10; }
        if (pending.length < at + 4 + length) return;
        if (!(pending[1] & 128)) throw new Error('a client must mask');
        const mask = pending.subarray(at, at + 4);
        const payload = Buffer.from(pending.subarray(at + 4, at + 4 + length)).map((byte, index) => byte ^ mask[index % 4]);
        const opcode = pending[0] & 15;
        pending = pending.subarray(at + 4 + length);
        onFrame(opcode, payload, socket, req);
      }
    });
    socket.on('error', () => {});
    sockets.add(socket);
    onOpen(socket, req);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

module.exports = { frame, listen };
