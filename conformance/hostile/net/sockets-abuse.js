// out: ERR_SOCKET_BAD_PORT
// out: ERR_MISSING_ARGS
// out: RangeError
// out: ERR_SERVER_ALREADY_LISTEN
// out: write true
// out: closed
// out: ERR_SERVER_NOT_RUNNING

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const net = require('net');
T(() => { try { net.connect(-1); } catch (e) { return e.code; } });
T(() => { try { net.connect({}); } catch (e) { return e.code; } });
T(() => new net.Socket({ fd: -1 }) && 1);
const s = net.createServer(c => { c.destroy(); c.write('x', e => console.log('write', !!e)); c.destroy(); });
s.listen(0, () => { const c = net.connect(s.address().port); c.on('error', () => {}); c.on('close', () => { console.log('closed'); s.close(); s.close(e => console.log(e.code)); }); c.end('x'); c.resume(); });
T(() => { try { s.listen(0); } catch (e) { return e.code; } });
