// exit: 13

Error.prepareStackTrace = () => process.exit(13);
new Error('x').stack;
console.log('no');
