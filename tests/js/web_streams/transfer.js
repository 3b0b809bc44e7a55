// Streams that are transferred: here by structuredClone, as to another thread.
async function main() {
  const source = new ReadableStream({
    start(controller) {
      controller.enqueue({ a: 1 });
      controller.enqueue(new Map([[1, 2]]));
      controller.close();
    },
  });
  const readable = structuredClone(source, { transfer: [source] });
  console.log(source.locked, readable.locked, readable instanceof ReadableStream);
  for await (const chunk of readable) console.log(chunk);

  const written = [];
  const sink = new WritableStream({
    write: (chunk) => void written.push(chunk),
    close: () => console.log('closed', written),
  });
  const writable = structuredClone({ sink }, { transfer: [sink] }).sink;
  const writer = writable.getWriter();
  await writer.write('one');
  await writer.write(2n);
  await writer.close();

  const upper = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) });
  const there = structuredClone(upper, { transfer: [upper] });
  const words = there.writable.getWriter();
  words.write('hello');
  words.close();
  for await (const chunk of there.readable) console.log(chunk);

  const failing = new ReadableStream({ pull: () => Promise.reject(new RangeError('no more')) });
  const moved = structuredClone(failing, { transfer: [failing] });
  await moved.getReader().read().catch((error) => console.log(error.name, error.message));

  for (const [value, transfer] of [[new ReadableStream(), []], [upper, [upper]], [new Blob([]), 'self'], [new AbortController().signal, 'self']]) {
    try {
      structuredClone(value, { transfer: transfer === 'self' ? [value] : transfer });
    } catch (error) {
      console.log(error.name, error.message);
    }
  }
}
const alive = setInterval(() => {}, 1000);
main().finally(() => clearInterval(alive));
