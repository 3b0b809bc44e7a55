// Writes in order, backpressure, closing and aborting.
(async () => {
  const log = [];
  const stream = new WritableStream({
    start(controller) { log.push('start ' + (controller.signal instanceof AbortSignal)); },
    async write(chunk) { log.push('write ' + chunk); await null; log.push('written ' + chunk); },
    close() { log.push('close'); },
    abort(reason) { log.push('abort ' + reason); },
  }, new CountQueuingStrategy({ highWaterMark: 2 }));
  const writer = stream.getWriter();
  log.push(writer.desiredSize);
  writer.write('a'); writer.write('b');
  log.push(writer.desiredSize);
  await writer.ready;
  log.push('ready ' + writer.desiredSize);
  await writer.close();
  log.push(await writer.closed);
  console.log(log.join('\n'));
  console.log(stream, writer);

  const aborted = new WritableStream({ write() { return new Promise((resolve) => setTimeout(resolve, 5)); }, abort(reason) { console.log('abort', reason); } });
  const other = aborted.getWriter();
  const first = other.write(1).then(() => console.log('first'), (error) => console.log('first', error));
  const second = other.write(2).catch((error) => console.log('second', error));
  await other.abort('stop');
  await first; await second;
  await other.closed.catch((error) => console.log('closed', error));
  for (const make of [() => new WritableStream({ type: 1 }), () => aborted.getWriter(), () => new WritableStreamDefaultWriter({})]) {
    try { make(); } catch (error) { console.log(error.name, error.code, error.message); }
  }
  const failing = new WritableStream({ write() { throw new Error('full'); } }).getWriter();
  await failing.write(1).catch((error) => console.log(error.message));
  await failing.write(1).catch((error) => console.log(error.message));
  await failing.closed.catch((error) => console.log(error.message));
})();
