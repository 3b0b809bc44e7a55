// out: caught first
// out: second

setTimeout(() => { throw new Error('first'); }, 1);
setTimeout(() => console.log('second'), 1);
process.on('uncaughtException', e => console.log('caught', e.message));
