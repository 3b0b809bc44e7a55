// out: handler
// out: end

const http = require('http');
const s = http.createServer((q, r) => { r.end('bye'); throw new Error('handler'); });
process.on('uncaughtException', e => { console.log(e.message); });
s.listen(0, () => http.get({ port: s.address().port, agent: false }, r => { r.resume(); r.on('end', () => { console.log('end'); s.close(); }); }));
