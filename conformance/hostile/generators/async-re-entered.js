// out: {"value":1,"done":false}

let g;
g = (async function* () { const p = g.next(); yield 1; const v = await p; yield v; })();
g.next().then(v => console.log(JSON.stringify(v)));
g.return(7).then(v => console.log(JSON.stringify(v)));
