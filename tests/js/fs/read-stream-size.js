// What `_read` of a file's stream is asked for is the size of a Buffer: one that cannot be is an error, not the end of the program.
const { once } = require('events');
const fs = require('fs');

// One after the other: files are opened in no order.
(async () => {
  for (const size of [undefined, NaN, Infinity, 2 ** 53, '7', -1]) {
    const stream = new fs.ReadStream(__filename);
    await once(stream, 'open');
    try {
      stream._read(size);
      console.log(size, 'is read');
    } catch (error) {
      console.log(size, error.code, error.message);
    }
    stream.destroy();
  }

  const greedy = fs.createReadStream(__filename, { highWaterMark: 2 ** 40 });
  greedy.once('data', (chunk) => console.log(chunk.length === fs.statSync(__filename).size));
  greedy.once('error', (error) => console.log(error.code, error.message));
})();
