// out: all

const fs = require('fs'); let done = 0;
for (let i = 0; i < 300; i++) fs.readFile(__filename, (e, d) => { if (++done === 300) console.log('all'); });
