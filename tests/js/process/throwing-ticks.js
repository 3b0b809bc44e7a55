// An uncaught error ends the turn of the tick queue: what comes after still runs, and a program whose ticks always throw still gets to its timers.
const LIMIT = 1e5;
let thrown = 0;
let immediate;
process.on('uncaughtException', (error) => {
  thrown++;
  if (error.message === 'again' && thrown < LIMIT) process.nextTick(fail);
});
function fail() {
  throw new Error('again');
}
process.nextTick(fail);
setImmediate(() => {
  immediate = thrown < LIMIT;
});
setTimeout(() => {
  console.log('timer', thrown < LIMIT);
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => console.log('uncaught', error.message));
  setImmediate(() => {
    console.log('immediate', immediate);
    process.nextTick(() => console.log('tick of the first'));
    throw new Error('first');
  });
  setImmediate(() => console.log('second'));
  setImmediate(() => process.exit());
}, 1);
