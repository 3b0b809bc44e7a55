// out: ERR_HTTP_HEADERS_SENT
// out: ERR_HTTP_HEADERS_SENT
// out: ERR_STREAM_NULL_VALUES

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const http = require('http');
const s = http.createServer((q, r) => {
  r.writeHead(200); T(() => { try { r.setHeader('a', 'b'); } catch (e) { return e.code; } }); T(() => { try { r.writeHead(200); } catch (e) { return e.code; } });
  T(() => { try { r.write(null); } catch (e) { return e.code; } }); r.end('x'); r.end('y'); r.on('error', e => console.log(e.code)); r.write('z'); r.destroy(); r.destroy();
});
s.listen(0, () => http.get({ port: s.address().port, agent: false }, r => { r.resume(); r.on('error', () => {}); r.on('close', () => s.close()); }).on('error', () => s.close()));
