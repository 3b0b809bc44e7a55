// out: all

let n = 0; for (let i = 0; i < 2e4; i++) setTimeout(() => { if (++n === 2e4) console.log('all'); }, i % 3);
