// out: RangeError
// out: RangeError
// out: RangeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const http = require('http');
T(() => http.createServer().listen(-1));
T(() => http.createServer().listen(70000));
T(() => http.request({ port: 'x' }));
T(() => http.request({ path: 'a b' }));
T(() => http.request({ method: 'G T' }));
T(() => http.request({ headers: { 'a b': 1 } }));
T(() => http.request({ headers: { a: 'x\r\ny' } }));
T(() => http.request('nope://x'));
T(() => http.validateHeaderName(''));
T(() => http.validateHeaderValue('x', undefined));
