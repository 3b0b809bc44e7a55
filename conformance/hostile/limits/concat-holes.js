// flags: --max-time=300
// exit: 124
// err: time limit reached

[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true }, 1);
