// out: done
// out: 20000

let n = 0; const N = 2e4;
Promise.all(Array.from({ length: N }, (_, i) => new Promise(r => r(i)))).then(a => console.log(a.length));
for (let i = 0; i < N; i++) Promise.resolve().then(() => { if (++n === N) console.log('done'); });
