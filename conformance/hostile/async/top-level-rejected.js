// exit: 1
// err: Error: top

Promise.reject(new Error('top'));
