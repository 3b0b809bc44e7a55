// exit: 10

'abc'.replace(/b/g, () => process.exit(10));
