'use strict';

// A session whose output is collected; each line is answered before the next one is given.
const { EventEmitter } = require('node:events');
const repl = require('node:repl');

function stream() {
  const made = new EventEmitter();
  Object.assign(made, { readable: true, writable: true, resume() {}, pause() {}, text: '' });
  made.write = (data) => { made.text += `${data}`.replaceAll('\r', ''); };
  return made;
}

module.exports = function session(options = {}) {
  const input = stream();
  const output = stream();
  const server = repl.start({ prompt: '> ', input, output, terminal: false, allowBlockingCompletions: true, ...options });
  const taken = () => {
    const { text } = output;
    output.text = '';
    return text;
  };
  return {
    server,
    taken,
    give(...lines) {
      for (const line of lines) input.emit('data', `${line}\n`);
      return taken();
    },
    complete(line) {
      let found;
      server.complete(line, (error, data) => { found = data; });
      return found;
    },
  };
};
