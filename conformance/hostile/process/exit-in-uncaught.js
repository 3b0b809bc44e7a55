// exit: 11

process.on('uncaughtException', () => process.exit(11));
throw new Error('x');
