// exit: 12

process.on('beforeExit', () => process.exit(12));
