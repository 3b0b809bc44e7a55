'use strict';

const { frame, listen } = require('./small-server.js');

// An echo: text and bytes come back; a close is answered.
listen((opcode, payload, socket) => {
  if (opcode === 8) {
    socket.end(frame(8, payload));
    return;
  }
  socket.write(frame(opcode, payload));
}, (socket, req) => {
  console.log('asked for', req.url, req.headers.upgrade, req.headers['sec-websocket-version'], req.headers['sec-websocket-protocol']);
}, { protocol: 'chat' }).then((server) => {
  const url = `ws://127.0.0.1:${server.address().port}/path?query`;
  const ws = new WebSocket(url, ['superchat', 'chat']);
  console.log(ws.url === url, ws.readyState, ws.protocol, ws.binaryType, ws.bufferedAmount);
  try { ws.send('too early'); } catch (error) { console.log(error.name, error.message); }
  const seen = [];
  ws.addEventListener('open', (event) => {
    console.log('open', event.type, ws.readyState, ws.protocol);
    ws.send('grüße');
    console.log('buffered', ws.bufferedAmount);
    ws.send(new Uint8Array([1, 2, 3]));
    ws.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3).buffer);
    ws.send(new Blob(['blob ', 'parts']));
    ws.send('x'.repeat(70000));
  });
  ws.onmessage = async (event) => {
    const { data } = event;
    seen.push(data);
    const size = typeof data === 'string' ? data.length : data.size ?? data.byteLength;
    console.log(event.constructor.name, data.constructor.name, size, event.origin === `ws://127.0.0.1:${server.address().port}`, event.lastEventId === '', event.ports.length);
    if (seen.length === 2) ws.binaryType = 'arraybuffer';
    if (seen.length === 5) {
      console.log(seen[0], await seen[1].text(), Buffer.from(seen[2]), Buffer.from(seen[3]).toString());
      ws.close(3001, 'enough');
      console.log('closing', ws.readyState);
      ws.send('dropped');
    }
  };
  ws.onerror = () => console.log('error');
  ws.onclose = (event) => {
    console.log(event.constructor.name, event.code, event.reason, event.wasClean, ws.readyState);
    server.close();
  };
});
