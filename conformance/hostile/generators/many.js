// out: 399980000

const gs = Array.from({ length: 2e4 }, (_, i) => (function* () { yield i; yield i; })());
let sum = 0; for (const g of gs) sum += g.next().value; for (const g of gs) sum += g.next().value;
console.log(sum);
