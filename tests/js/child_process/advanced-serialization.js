// serialization: 'advanced': what JSON does not know arrives as it leaves.
const { fork } = require('node:child_process');
const { once } = require('node:events');
if (process.argv[2] === 'child') {
  process.on('message', (message) => process.send(message));
} else {
  (async () => {
    const child = fork(__filename, ['child'], { serialization: 'advanced' });
    const circular = { name: 'circular' };
    circular.self = circular;
    const messages = [{ big: 1n }, new Map([[{ a: 1 }, new Set([2])]]), Buffer.from('bytes'), new Float64Array([1.5]), new Date(0), /x/g, undefined, new RangeError('far'), circular, 'text', new Uint8Array(300000)];
    for (const message of messages) {
      if (message === undefined) {
        try { child.send(message); } catch (error) { console.log(error.code); }
        continue;
      }
      child.send(message);
      const [received] = await once(child, 'message');
      if (received instanceof Error) console.log(received.name, received.message);
      else if (received.length > 1000) console.log(received.constructor.name, received.length);
      else console.log(received);
    }
    child.disconnect();
  })();
}
