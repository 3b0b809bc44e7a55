'use strict';

const { frame, listen } = require('./small-server.js');

// How each connection ends, one after the other.
function ending(title, onFrame, onOpen, options, act = () => {}) {
  return new Promise((resolve) => {
    listen(onFrame, onOpen, options).then((server) => {
      const ws = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
      const steps = [];
      ws.onopen = () => { steps.push('open'); act(ws); };
      ws.onmessage = ({ data }) => steps.push(`message ${data}`);
      ws.onerror = (event) => steps.push(`${event.constructor.name} in state ${ws.readyState}`);
      ws.onclose = ({ code, reason, wasClean }) => {
        console.log(title, steps.concat(`close ${code} ${JSON.stringify(reason)} ${wasClean}`));
        server.end();
        resolve();
      };
    });
  });
}

(async () => {
  const answer = (opcode, payload, socket) => opcode === 8 && socket.end(frame(8, payload));
  await ending('closed by the client', answer, undefined, undefined, (ws) => ws.close());
  await ending('closed with a code', answer, undefined, undefined, (ws) => ws.close(1000, 'done'));
  await ending('closed by the server', (opcode, payload, socket) => { console.log('answer', opcode, payload.readUInt16BE(0)); socket.end(); },
               (socket) => socket.write(frame(8, Buffer.from([0x0f, 0xa0, 0x62, 0x79, 0x65]))));
  await ending('closed without a code', (opcode, payload, socket) => { console.log('answer', opcode, payload.length); socket.end(); },
               (socket) => socket.write(frame(8, '')));
  await ending('dropped', () => {}, (socket) => setTimeout(() => socket.destroy(), 50));
  await ending('another key', () => {}, undefined, { accept: false });
  await ending('in parts', answer, (socket) => {
    socket.write(frame(1, 'one ', false));
    socket.write(frame(9, 'ping'));
    socket.write(frame(0, 'message', true));
  }, undefined, (ws) => setTimeout(() => ws.close(), 50));
  await ending('not UTF-8', () => {}, (socket) => socket.write(frame(1, Buffer.from([0xff, 0xfe]))));
  await ending('masked by the server', () => {}, (socket) => socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61])));
  await ending('reserved bits', () => {}, (socket) => socket.write(Buffer.from([0xf1, 0x01, 0x61])));
})();

// A server that speaks HTTP only, and none at all.
require('node:http').createServer((req, res) => res.end('plain')).listen(0, '127.0.0.1', function() {
  const ws = new WebSocket(`ws://127.0.0.1:${this.address().port}`);
  ws.onerror = (event) => console.log('plain HTTP', event.type, ws.readyState);
  ws.onclose = (event) => { console.log('plain HTTP', event.code, event.wasClean); this.close(); };
});
