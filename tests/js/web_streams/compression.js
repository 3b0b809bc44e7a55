// CompressionStream and DecompressionStream.
(async () => {
  const all = async (stream) => { const parts = []; for await (const part of stream) parts.push(part); return Buffer.concat(parts); };
  for (const format of ['gzip', 'deflate', 'deflate-raw']) {
    const packed = await all(new Blob(['text '.repeat(1000)]).stream().pipeThrough(new CompressionStream(format)));
    const text = await all(new Blob([packed]).stream().pipeThrough(new DecompressionStream(format)));
    console.log(format, packed.length < 100, text.length, text.toString() === 'text '.repeat(1000));
  }
  await all(new Blob(['rubbish']).stream().pipeThrough(new DecompressionStream('gzip'))).catch((error) => console.log(error.name, error.code));
  const junk = Buffer.concat([require('zlib').gzipSync('a'), Buffer.from('b')]);
  await all(new Blob([junk]).stream().pipeThrough(new DecompressionStream('gzip'))).catch((error) => console.log(error.name));
  const writer = new CompressionStream('gzip').writable.getWriter();
  await writer.write('text');
  await writer.write(5).catch((error) => console.log(error.name, error.code));
  try { new CompressionStream('zip'); } catch (error) { console.log(error.name, error.code, error.message); }
  console.log(new DecompressionStream('deflate'));
})();
