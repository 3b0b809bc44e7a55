// out: ["fulfilled{\"value\":1,\"done\":false}","fulfilled{\"value\":2,\"done\":false}","rejected","fulfilled{\"done\":true}","fulfilled{\"value\":5,\"done\":true}","rejected"]

async function* g() { yield 1; yield 2; throw new Error('x'); }
const a = g();
Promise.allSettled([a.next(), a.next(), a.next(), a.next(), a.return(5), a.throw(new Error('y'))]).then(r => console.log(JSON.stringify(r.map(x => x.status + (x.value ? JSON.stringify(x.value) : '')))));
