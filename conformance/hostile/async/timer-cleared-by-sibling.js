// out: a

const a = setTimeout(() => { clearTimeout(b); clearImmediate(i); console.log('a'); }, 1);
const b = setTimeout(() => console.log('b'), 1);
const i = setTimeout(() => console.log('i'), 2);
setTimeout(() => clearTimeout(i), 1);
