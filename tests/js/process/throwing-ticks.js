// An uncaught error ends the turn of the tick queue: what comes after still runs, and a program whose ticks always throw still gets to its timers.
let thrown = 0;
process.on('uncaughtException', (error) => {
  thrown++;
  if (error.message === 'again' && thrown < 1000) process.nextTick(fail);
});
function fail() {
  throw new Error('again');
}
process.nextTick(fail);
setImmediate(() => console.log('immediate', thrown < 1000));
setTimeout(() => {
  console.log('timer', thrown < 1000);
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => console.log('uncaught', error.message));
  setImmediate(() => {
    process.nextTick(() => console.log('tick of the first'));
    throw new Error('first');
  });
  setImmediate(() => console.log('second'));
  setImmediate(() => process.exit());
}, 1);
