// Reading, writing, listing and piping files, in the three faces of fs.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');
const { Transform } = require('node:stream');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'order-'));
const file = path.join(folder, 'a.txt');
fs.writeFileSync(file, 'line\n'.repeat(1000));
fs.appendFileSync(file, 'last');
fs.mkdirSync(path.join(folder, 'b', 'c'), { recursive: true });
fs.readFile(file, 'utf8', async (error, text) => {
  if (error) throw error;
  await fs.promises.writeFile(path.join(folder, 'b', 'd.json'), JSON.stringify({ length: text.length }));
  const handle = await fs.promises.open(file);
  await handle.read(Buffer.alloc(10), 0, 10, 0);
  await handle.close();
  const upper = new Transform({ transform(chunk, encoding, callback) { callback(null, chunk.toString().toUpperCase()); } });
  await pipeline(fs.createReadStream(file), upper, fs.createWriteStream(`${file}.up`));
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) fs.statSync(path.join(entry.parentPath, entry.name)).isDirectory();
  const lines = require('node:readline').createInterface({ input: fs.createReadStream(file) });
  let count = 0;
  for await (const line of lines) count += line.length;
  try { fs.readFileSync(path.join(folder, 'missing')); } catch (missing) { console.log(missing.code, count, fs.existsSync(file)); }
  await fs.promises.rm(folder, { recursive: true });
});
