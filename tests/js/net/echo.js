const net=require('net');
const s=net.createServer((c)=>{ console.log('conn'); c.on('data',d=>{console.log('srv got',d.toString()); c.write('echo:'+d); }); c.on('end',()=>{console.log('srv end')}); c.on('close',(e)=>{console.log('srv close',e); s.close(()=>console.log('server closed'))}); });
s.listen(0,'127.0.0.1',()=>{ const a=s.address(); console.log(typeof a.port,a.family,a.address);
 const c=net.connect(a.port,'127.0.0.1',()=>{console.log('connected'); c.write('hello');});
 c.on('data',d=>{console.log('cli got',d.toString()); c.end();});
 c.on('end',()=>console.log('cli end')); c.on('close',(e)=>console.log('cli close',e));
});
