const net=require('net'),http=require('http');
const s=http.createServer((req,res)=>{res.end('ok')});
const cases=['GET / HTTP/1.1\r\nHost: a\r\n\r\n','POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n','GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n','GET / HTTP/1.1\r\nA: '+'x'.repeat(20000)+'\r\n\r\n'];
s.listen(0,'127.0.0.1',function next(){ const q=cases.shift(); if(!q){ s.close(()=>console.log('closed')); s.closeAllConnections(); return; } const c=net.connect(s.address().port,'127.0.0.1',()=>c.write(q)); let b=''; c.setTimeout(1000,()=>c.destroy()); c.on('data',d=>{b+=d; if(b.includes('ok'))c.destroy()}); c.on('error',()=>{}); c.on('close',()=>{console.log(b.split('\r\n')[0]); next();}); });
