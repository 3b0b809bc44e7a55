'use strict';

// Where the errors of commands go.
const session = require('./session-fixture.js');

const { server, give, taken } = session();
console.log(give('missing', 'throw { foo: 1 }', 'throw null', 'let a = 1', 'let a = 2', 'a', '_error.message'));
console.log(give('process.on("uncaughtException", () => {})').replace(/\n {4}at .*/g, ''));
console.log(give('require("domain").create().on("error", (error) => console.log("its own:", error.message)).run(() => { throw new Error("inner") })', '1 + 1'));
console.log(give('setTimeout(() => { throw new RangeError("late") }, 1); undefined', 'Promise.reject(new TypeError("rejected")); undefined'));
setTimeout(() => {
  console.log(taken().replace(/\n {4}at .*/g, ''));
  const before = process.listenerCount('newListener');
  server.on('exit', () => console.log('exit', process.listenerCount('newListener') - before));
  server.close();
}, 50);
