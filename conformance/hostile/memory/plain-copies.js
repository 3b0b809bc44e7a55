// flags: --max-memory=64 --max-time=9000
// out: concat RangeError
// out: concat RangeError
// out: slice RangeError
// out: small

// A copy asks for its memory as a whole, before it is made.
const big = new Array(2e6).fill('x');
const tell = (what, f) => {
  try {
    console.log(f().length > 10 ? what : 'small');
  } catch (error) {
    console.log(what, error.name);
  }
};
tell('concat', () => [1].concat(big, big, big, big));
tell('concat', () => big.concat(big, big, big));
tell('slice', () => Array.from({ length: 20 }, () => big.slice()));
tell('small', () => [1].concat([2]).slice());
