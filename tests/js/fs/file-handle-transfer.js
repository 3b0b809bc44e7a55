'use strict';
// A FileHandle goes to another thread with a message; one that is in use does not.
const { open } = require('fs/promises');
const { MessageChannel } = require('worker_threads');
(async () => {
  const { port1, port2 } = new MessageChannel();
  const handle = await open(__filename);
  try { port1.postMessage(handle); } catch (error) { console.log(error.name, error.code); }
  const reading = handle.readFile();
  try { port1.postMessage(handle, [handle]); } catch (error) { console.log(error.name, error.message); }
  await reading;
  const came = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage({ handle }, [handle]);
  console.log(handle.fd);
  await handle.readFile().catch((error) => console.log(error.code, error.message, error.syscall));
  const { handle: other } = await came;
  console.log(other.constructor.name, other.fd > 2, (await other.readFile('utf8')).startsWith("'use strict'"));
  await other.close();
  port1.close();
})();
