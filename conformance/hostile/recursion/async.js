// out: RangeError

async function f() { await f(); }
f().then(() => console.log('no'), e => console.log(e.name));
