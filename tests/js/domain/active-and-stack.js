// `domain.active` and `domain._stack` are properties of the exports: the stack is one array until an error replaces it.
'use strict';
const domain = require('domain');
const EventEmitter = require('events');

const first = domain.create();
const second = domain.create();
const stack = domain._stack;
const say = (what) => console.log(what, domain.active === null ? 'null' : domain.active === first ? 'first' : domain.active === second ? 'second' : domain.active, process.domain === domain.active, stack.length, domain._stack === stack);

say('before');
first.run(() => {
  say('in one');
  second.run(() => say('in two'));
  say('back in one');
});
say('after');

first.enter();
second.enter();
first.exit();
say('left both');

process.domain = second;
console.log(domain.active, process.domain === second);
process.domain = null;

first.on('error', (error) => {
  console.log(error.message, domain.active, domain._stack.length);
});
first.run(() => {
  new EventEmitter().emit('error', new Error('emitted'));
  say('after the error');
});
console.log(Object.getOwnPropertyDescriptor(domain, 'active').writable, Array.isArray(domain._stack));
