// Counts the words of files, the most frequent first: streams, string handling, sorting.
//   coil examples/word-count.js examples/data/*.txt
const fs = require('fs');

const counts = new Map();
let pending = process.argv.length - 2;
if (pending === 0) {
  console.error('usage: word-count.js FILE...');
  process.exitCode = 2;
}
for (const file of process.argv.slice(2)) {
  let rest = '';
  fs.createReadStream(file, 'utf8')
    .on('data', (chunk) => {
      const words = (rest + chunk).toLowerCase().split(/[^a-z']+/);
      rest = words.pop();
      for (const word of words) if (word) counts.set(word, (counts.get(word) || 0) + 1);
    })
    .on('error', (error) => {
      console.error(error.message);
      process.exitCode = 1;
      if (--pending === 0) report();
    })
    .on('end', () => {
      if (rest) counts.set(rest, (counts.get(rest) || 0) + 1);
      if (--pending === 0) report();
    });
}

function report() {
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [word, count] of sorted.slice(0, 10)) console.log(String(count).padStart(5), word);
}
