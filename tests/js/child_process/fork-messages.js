const { fork } = require('node:child_process');

if (process.argv[2] === 'child') {
  process.send([process.connected, typeof process.send, process.channel.constructor.name, 'NODE_CHANNEL_FD' in process.env]);
  process.on('message', (message) => {
    if (message === 'end') return process.disconnect();
    process.send({ got: message });
  });
} else {
  const child = fork(__filename, ['child']);
  const sent = ['text', 1.5, null, true, { nested: [1, { x: 'é\n' }], undefined: undefined }];
  child.on('message', (message) => {
    console.log(message);
    if (message.got?.nested) child.send('end');
  });
  for (const message of sent) child.send(message);
  for (const wrong of [undefined, Symbol('x')]) {
    try {
      child.send(wrong);
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
  child.on('disconnect', () => {
    console.log('disconnect', child.connected, child.channel);
    child.send('late', (error) => console.log(error.code, error.message));
    child.on('error', (error) => console.log('error', error.code));
    child.disconnect();
  });
  child.on('exit', (code, signal) => console.log('exit', code, signal));
}
