// exit: 6

[3, 1, 2].sort(() => process.exit(6));
console.log('no');
