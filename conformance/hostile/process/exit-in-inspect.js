// exit: 14

console.log({ [require('util').inspect.custom]() { process.exit(14); } });
