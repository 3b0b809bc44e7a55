'use strict';

const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(`${error.name}: ${error.message}`, error.code);
  }
};

attempt(() => new WebSocket());
attempt(() => WebSocket.prototype.url);
attempt(() => new WebSocket('no url'));
attempt(() => new WebSocket('ftp://127.0.0.1'));
attempt(() => new WebSocket('ws://127.0.0.1:1/#fragment'));
attempt(() => new WebSocket('ws://127.0.0.1:1', 'two words'));
attempt(() => new WebSocket('ws://127.0.0.1:1', ['twice', 'twice']));
attempt(() => new WebSocket('ws://127.0.0.1:1', ['']));
console.log(WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, WebSocket.prototype.OPEN);
console.log(Object.getOwnPropertyDescriptor(globalThis, 'WebSocket').enumerable, WebSocket.length, WebSocket.name);
console.log(require('node:http').WebSocket === WebSocket);

// Nobody listens there.
const ws = new WebSocket('http://127.0.0.1:1/path');
console.log(ws instanceof EventTarget, Object.prototype.toString.call(ws), ws.url, ws.readyState, ws.extensions, ws.onopen);
attempt(() => ws.send());
attempt(() => ws.close(1001));
attempt(() => ws.close(3000, 'x'.repeat(124)));
ws.binaryType = 'something';
console.log(ws.binaryType);
ws.binaryType = 'arraybuffer';
console.log(ws.binaryType);
ws.onmessage = 5;
console.log(ws.onmessage);
ws.onerror = (event) => console.log(event.constructor.name, event.type, ws.readyState);
ws.onclose = (event) => {
  console.log(event.constructor.name, event.code, event.reason, event.wasClean, ws.readyState);
  closedEarly();
};

function closedEarly() {
  require('node:net').createServer().listen(0, '127.0.0.1', function() {
    const early = new WebSocket(`ws://127.0.0.1:${this.address().port}`);
    const steps = [];
    early.onopen = () => steps.push('open');
    early.onerror = () => steps.push(`error in state ${early.readyState}`);
    early.onclose = (event) => { steps.push(`close ${event.code} ${event.wasClean}`); this.close(); };
    early.close();
    const state = early.readyState;
    setTimeout(() => console.log('closed before it is open', state, steps), 100);
  });
}
