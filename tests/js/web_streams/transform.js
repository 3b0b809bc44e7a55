// Transforming, flushing, terminating, text.
(async () => {
  const upper = new TransformStream({
    start(controller) { controller.enqueue('<'); },
    transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); },
    flush(controller) { controller.enqueue('>'); },
  });
  console.log(upper);
  const result = [];
  for await (const chunk of ReadableStream.from(['a', 'b']).pipeThrough(upper)) result.push(chunk);
  console.log(result);
  const ended = new TransformStream({ transform(chunk, controller) { controller.enqueue(chunk); controller.terminate(); } });
  const writer = ended.writable.getWriter();
  const reader = ended.readable.getReader();
  writer.write(1).catch((error) => console.log('write', error.message));
  console.log(await reader.read(), await reader.read());
  await writer.write(2).catch((error) => console.log(error.name, error.message));
  const failing = new TransformStream({ transform() { throw new Error('bad chunk'); } });
  failing.writable.getWriter().write(1).catch((error) => console.log('w', error.message));
  await failing.readable.getReader().read().catch((error) => console.log('r', error.message));
  const cancelled = new TransformStream({ cancel(reason) { console.log('cancel', reason); } });
  await cancelled.readable.cancel('no need');
  await cancelled.writable.getWriter().write(1).catch((error) => console.log('after', error));

  const bytes = ReadableStream.from(['h\u00e9', '\ud83d', '\ude00!']).pipeThrough(new TextEncoderStream());
  const chunks = [];
  for await (const chunk of bytes) chunks.push(chunk);
  console.log(chunks);
  const split = [0xe2, 0x82, 0xac, 0x21].map((byte) => new Uint8Array([byte]));
  const text = [];
  for await (const chunk of ReadableStream.from(split).pipeThrough(new TextDecoderStream())) text.push(chunk);
  console.log(text);
})();
