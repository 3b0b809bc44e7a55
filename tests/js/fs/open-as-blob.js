// fs.openAsBlob: read when it is asked for, as long as the file stays as it was.
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'blob-'));
const file = path.join(folder, 'data');
fs.writeFileSync(file, 'a'.repeat(70000) + 'z');
const failed = (error) => console.log(error.constructor.name, error.name, error.code, error.message);

async function main() {
  const blob = await fs.openAsBlob(file, { type: 'Text/Plain' });
  console.log(blob.size, blob.type, (await blob.text()).length, (await blob.slice(-2).text()));
  const both = new Blob(['<', blob.slice(69999), '>']);
  console.log(both.size, await both.text(), new Uint8Array(await both.arrayBuffer()));
  const sizes = [];
  for await (const chunk of blob.stream()) sizes.push(chunk.length);
  console.log(sizes);
  try {
    structuredClone(blob);
  } catch (error) {
    failed(error);
  }
  fs.appendFileSync(file, 'more');
  await blob.text().catch(failed);
  await blob.stream().getReader().read().catch(failed);
  fs.rmSync(folder, { recursive: true });
  await blob.bytes().catch(failed);
  for (const args of [[file], [1], [__filename, 1], [__filename, { type: 1 }]]) {
    try {
      fs.openAsBlob(...args);
    } catch (error) {
      failed(error);
    }
  }
}
main();
