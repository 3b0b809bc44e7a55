// Ports: order, transfer of a port, synchronous receiving, closing; a BroadcastChannel.
const { MessageChannel, receiveMessageOnPort, BroadcastChannel } = require('worker_threads');

const { port1, port2 } = new MessageChannel();
port1.postMessage('first');
port1.postMessage(new Map([['key', { deep: [1n, undefined, null] }]]));
console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2), receiveMessageOnPort(port2));

const inner = new MessageChannel();
port2.once('message', (port) => {
  console.log(port.constructor.name);
  port.on('message', (value) => console.log('through the transferred port:', value));
  port.on('close', () => console.log('its other end is closed'));
});
port1.postMessage(inner.port1, [inner.port1]);
inner.port2.postMessage('hello');
inner.port2.close();
setTimeout(() => {
  port1.close(() => console.log('closed'));
  for (const values of [[() => {}], [1, [port1]], [new MessageChannel().port1], [1, 2]]) {
    try {
      new MessageChannel().port1.postMessage(...values);
    } catch (error) {
      console.log(error.name, error.message);
    }
  }
  const [one, other] = [new BroadcastChannel('news'), new BroadcastChannel('news')];
  other.onmessage = ({ data, type, target }) => {
    console.log(type, data, target === other, target.name);
    one.close();
    other.close();
  };
  one.postMessage({ headline: true });
}, 50);
