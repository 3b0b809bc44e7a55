// out: fine
// out: fine
// out: ReferenceError
// out: fine
// out: fine
// out: ReferenceError
// out: fine

const E = s => { try { eval(s); return 'fine'; } catch (e) { return e instanceof RangeError || e instanceof SyntaxError || e instanceof TypeError ? 'fine' : e.name; } };
console.log(E('1' + '+1'.repeat(1e4)));
console.log(E('var a = {}; a' + '.b'.repeat(1e3)));
console.log(E('a' + '[0]'.repeat(1e3)));
console.log(E('1' + ',1'.repeat(1e4)));
console.log(E(';'.repeat(1e5)));
console.log(E('a' + '?.b'.repeat(1e3)));
console.log(E('var x;' + 'x=>'.repeat(1e3) + '1'));
