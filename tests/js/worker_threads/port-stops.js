// What is posted while nobody listens any more waits for the next listener.
const { port1, port2 } = new MessageChannel();
const ignored = () => console.log('never');
port2.addListener('message', ignored);
port2.removeListener('message', ignored);
port1.postMessage('kept');
setTimeout(() => {
  port2.on('message', (message) => {
    console.log(message);
    port2.close();
  });
}, 20);
