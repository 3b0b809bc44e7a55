const readline = require('node:readline');
const { PassThrough, Readable } = require('node:stream');

const input = new PassThrough();
const rl = readline.createInterface({ input, crlfDelay: Infinity });
rl.on('line', (line) => console.log(JSON.stringify(line)));
rl.on('pause', () => console.log('pause'));
rl.on('resume', () => console.log('resume'));
rl.on('close', () => {
  console.log('close', rl.closed);
  try {
    rl.write('x');
  } catch (error) {
    console.log(error.code, error.message);
  }
  questions();
});
for (const part of ['one\ntw', 'o\r', '\nthree\u2028four\r', 'five\n\n', 'é'.slice(0, 1), 'rest']) input.write(part);
rl.pause();
rl.resume();
input.end();

function questions() {
  const input = new PassThrough();
  const output = new PassThrough().setEncoding('utf8');
  const rl = readline.createInterface({ input, output, prompt: '? ' });
  rl.question('name: ', (answer) => {
    console.log('answer', answer, JSON.stringify(output.read()));
    rl.prompt();
    console.log(JSON.stringify(output.read()), rl.getPrompt(), rl.terminal, rl.line);
    rl.close();
    iterate();
  });
  input.write('Bob\n');
}

async function iterate() {
  const rl = readline.createInterface({ input: Readable.from(['a\nb\nc']) });
  const lines = [];
  for await (const line of rl) lines.push(line);
  console.log(lines);
  const promises = require('node:readline/promises');
  const input = new PassThrough();
  const asker = promises.createInterface({ input });
  const asked = asker.question('x');
  input.write('y\n');
  console.log(await asked);
  asker.close();
}
