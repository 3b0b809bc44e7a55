// out: RangeError
// out: RangeError
// out: RangeError
// out: true

let depth = 0;
function f() { depth++; f(); }
for (let i = 0; i < 3; i++) { try { f(); } catch (e) { console.log(e.name); } }
console.log(depth > 3000);
