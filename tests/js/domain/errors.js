// Where errors go: of run, timers, ticks, promises, emitters, bound and intercepted functions; nested domains.
const domain = require('domain');
const EventEmitter = require('events');

const outer = domain.create();
outer.on('error', (error) => console.log('outer', error.message, error.domain === outer, error.domainThrown));
const inner = domain.create();
inner.on('error', (error) => {
  console.log('inner', error.message, process.domain === outer || process.domain == null);
  if (error.message === 'again') throw new Error('from the handler of inner');
});

console.log(process.domain, domain.active);
outer.run(() => {
  console.log(process.domain === outer);
  setTimeout(() => { throw new Error('timer'); }, 1);
  process.nextTick(() => { throw new Error('tick'); });
  setTimeout(() => inner.run(() => { throw new Error('again'); }), 100);
  const emitter = new EventEmitter();
  console.log(emitter.domain === outer, Object.keys(emitter).includes('domain'));
  emitter.emit('error', new Error('emitted'));
  setImmediate(() => setTimeout(() => Promise.reject(new Error('rejected')), 20));
});
console.log(process.domain, domain._stack.length);

const bound = inner.bind((value) => { console.log('bound', value, process.domain === inner); });
bound(1);
inner.intercept((value) => console.log('not called', value))(new Error('intercepted'));
inner.intercept((value) => console.log('value', value))(null, 2);

const member = new EventEmitter();
inner.add(member);
console.log(inner.members.length, member.domain === inner);
member.emit('error');
inner.remove(member);
console.log(inner.members.length, member.domain);
process.on('uncaughtException', (error) => console.log('uncaught', error.message));
setTimeout(() => { domain.create().run(() => { throw new Error('nobody listens'); }); }, 300);
