'use strict';
// A BlockList and its clone have the same rules.
const { BlockList } = require('net');
const { MessageChannel } = require('worker_threads');
const list = new BlockList();
list.addAddress('123.123.123.123');
const { port1, port2 } = new MessageChannel();
port1.on('message', (clone) => {
  clone.addAddress('10.0.0.1');
  console.log(clone !== list, clone.check('123.123.123.123'), list.check('10.0.0.1'), clone, require('util').inspect(clone, { depth: -1 }));
  port1.close();
});
port2.postMessage(list);
