// pipeTo: what each side's end and failure does to the other; tee.
(async () => {
  const taken = [];
  const sink = () => new WritableStream({ write(chunk) { taken.push(chunk); }, close() { taken.push('close'); }, abort(reason) { taken.push('abort ' + reason); } });
  await ReadableStream.from([1, 2, 3]).pipeTo(sink());
  const kept = sink();
  await ReadableStream.from([4]).pipeTo(kept, { preventClose: true });
  console.log(taken.splice(0), kept.locked);
  const failing = new ReadableStream({ pull(c) { c.error('broken'); } });
  await failing.pipeTo(sink()).catch((error) => console.log('rejected', error));
  console.log(taken.splice(0));
  let reason;
  const source = new ReadableStream({ pull(c) { c.enqueue('x'); }, cancel(why) { reason = why; } });
  await source.pipeTo(new WritableStream({ write() { throw 'no room'; } })).catch((error) => console.log('rejected', error));
  console.log(reason, source.locked);
  const controller = new AbortController();
  const endless = new ReadableStream({ pull(c) { c.enqueue('y'); } });
  setTimeout(() => controller.abort('time'), 5);
  await endless.pipeTo(new WritableStream({ write: () => new Promise((done) => setTimeout(done, 1)), abort(why) { console.log('aborted', why); } }), { signal: controller.signal }).catch((error) => console.log('rejected', error));
  const [one, other] = ReadableStream.from(['p', 'q']).tee();
  const both = async (stream) => { const all = []; for await (const chunk of stream) all.push(chunk); return all; };
  console.log(await both(one), await both(other));
  const iterated = ReadableStream.from([1, 2, 3]);
  for await (const chunk of iterated.values({ preventCancel: true })) { console.log(chunk); break; }
  for await (const chunk of iterated) console.log(chunk);
  for (const make of [() => new ReadableStream().pipeThrough(5), () => ReadableStream.from(5)]) {
    try { make(); } catch (error) { console.log(error.name, error.code, error.message); }
  }
  await new ReadableStream().pipeTo(5).catch((error) => console.log(error.code));
})();
