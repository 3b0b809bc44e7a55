// flags: --max-time=300
// exit: 124
// err: time limit reached

('x' + 'a'.repeat(60)).replace(/(x+x+)+y|(a|a)*b/g, '');
console.log('no');
