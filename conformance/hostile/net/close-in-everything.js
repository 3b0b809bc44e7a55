// out: server
// out: server side

const net = require('net');
const s = net.createServer(c => { s.close(); c.on('data', () => c.destroy()); c.on('close', () => console.log('server side')); });
s.on('close', () => console.log('server')); s.listen(0, () => { const c = net.connect(s.address().port, () => { c.write('x'); c.pause(); c.resume(); c.end(); }); c.on('error', () => {}); c.resume(); });
