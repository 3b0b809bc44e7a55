// Byte streams: views of readers are filled in place, rests stay.
(async () => {
  const stream = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const { byobRequest } = controller;
      if (byobRequest) {
        console.log('request', byobRequest.view.byteLength);
        byobRequest.view[0] = 7;
        byobRequest.respond(1);
      } else {
        controller.enqueue(new Uint8Array([1, 2, 3, 4, 5]));
      }
    },
  });
  console.log(stream);
  const reader = stream.getReader({ mode: 'byob' });
  const given = new Uint8Array(4);
  const { value, done } = await reader.read(given);
  console.log(value, done, given.byteLength);
  console.log(await reader.read(new Uint16Array(2), { min: 2 }));
  reader.releaseLock();
  const plain = stream.getReader();
  console.log(await plain.read());
  plain.releaseLock();
  const rest = stream.getReader({ mode: 'byob' });
  console.log(await rest.read(new DataView(new ArrayBuffer(3))));
  console.log(await rest.cancel());
  const closing = new ReadableStream({ type: 'bytes', start(c) { c.enqueue(new Uint8Array([9, 8, 7])); c.close(); } });
  const last = closing.getReader({ mode: 'byob' });
  console.log(await last.read(new Uint8Array(2)), await last.read(new Uint8Array(2)), await last.read(new Uint8Array(2)));
  const auto = new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 8, pull(c) { c.byobRequest.view[1] = 5; c.byobRequest.respond(2); } });
  console.log(await auto.getReader().read());
  for (const make of [(c) => c.enqueue(5), (c) => c.enqueue(new Uint8Array(0)), (c) => { c.close(); c.close(); }]) {
    new ReadableStream({ type: 'bytes', start(c) { try { make(c); } catch (error) { console.log(error.name, error.code, error.message); } } });
  }
})();
