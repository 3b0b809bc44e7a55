// Signals that go through a message channel and abort with the one they were made of.
const { transferableAbortController, transferableAbortSignal } = require('util');
const { port1, port2 } = new MessageChannel();
const controller = transferableAbortController();
let heard = 0;
port1.onmessage = ({ data }) => {
  console.log(data instanceof AbortSignal, data.aborted, data.reason);
  if (data.aborted) return port1.close();
  data.onabort = () => {
    console.log('aborted', data.reason);
    if (++heard === 2) port2.postMessage(controller.signal, [controller.signal]);
  };
  if (++sent === 2) controller.abort({ why: 'boom' });
};
let sent = 0;
port2.postMessage(controller.signal, [controller.signal]);
port2.postMessage(controller.signal, [controller.signal]);
const own = new AbortController().signal;
console.log(transferableAbortSignal(own) === own, structuredClone(new AbortController().signal));
for (const run of [() => structuredClone(controller.signal), () => transferableAbortSignal(1), () => transferableAbortSignal({ aborted: true })]) {
  try {
    run();
  } catch (error) {
    console.log(error.name, error.message);
  }
}
