// exit: 5

const o = { get x() { process.exit(5); } };
console.log(`${o.x}`);
