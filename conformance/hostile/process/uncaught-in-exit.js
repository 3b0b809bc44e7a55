// exit: 1
// err: Error: in exit

process.on('exit', () => { throw new Error('in exit'); });
