// out: 1

let p = Promise.resolve(1); for (let i = 0; i < 1e5; i++) p = Promise.resolve(p).then(x => x);
p.then(x => console.log(x));
