// A source's calls, the queue, a reader, errors and the order of microtasks.
const log = [];
const tick = (name) => Promise.resolve().then(() => log.push(name));
(async () => {
  const stream = new ReadableStream({
    start(controller) { log.push('start ' + controller.desiredSize); controller.enqueue('a'); log.push('room ' + controller.desiredSize); },
    pull(controller) { log.push('pull'); controller.enqueue('b'); controller.close(); },
    cancel(reason) { log.push('cancel ' + reason); },
  }, { highWaterMark: 2 });
  tick('after construction');
  const reader = stream.getReader();
  reader.read().then((result) => log.push(JSON.stringify(result)));
  reader.closed.then(() => log.push('closed'));
  tick('after read');
  await new Promise(setImmediate);
  log.push(JSON.stringify(await reader.read()), JSON.stringify(await reader.read()), stream.locked);
  reader.releaseLock();
  log.push(stream.locked);
  try { await reader.read(); } catch (error) { log.push(error.code + ' ' + error.message); }
  console.log(log.join('\n'));

  const failing = new ReadableStream({ pull() { throw new Error('no more'); } });
  try { await failing.getReader().read(); } catch (error) { console.log(error.message); }
  const cancelled = new ReadableStream({ cancel(reason) { console.log('cancel', reason); } });
  console.log(await cancelled.cancel('enough'), cancelled);
  const sized = new ReadableStream({ start(c) { c.enqueue('four'); console.log(c.desiredSize); } }, { highWaterMark: 10, size: (chunk) => chunk.length });
  console.log(sized);
  for (const make of [() => new ReadableStream(5), () => new ReadableStream({ type: 'x' }), () => new ReadableStream({}, { highWaterMark: -1 }), () => new ReadableStream({}, { size: 5 }), () => sized.getReader({ mode: 'byob' }), () => ReadableStream.prototype.getReader.call({})]) {
    try { make(); } catch (error) { console.log(error.name, error.code, error.message); }
  }
})();
