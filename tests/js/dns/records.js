'use strict';
// Every kind of record, from a name server of our own.
const dgram = require('dgram');
const dns = require('dns');
const name = (text) => Buffer.concat([...text.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
const u16 = (...values) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const u32 = (...values) => Buffer.concat(values.map((value) => { const b = Buffer.alloc(4); b.writeUInt32BE(value); return b; }));
const text = (value) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const records = {
  1: [Buffer.from([1, 2, 3, 4]), Buffer.from([5, 6, 7, 8])],
  2: [name('ns.example.org')],
  5: [name('real.example.org')],
  6: [Buffer.concat([name('ns.example.org'), name('admin.example.org'), u32(4000000000, 2, 3, 4, 5)])],
  12: [name('ptr.example.org')],
  15: [Buffer.concat([u16(10), name('mail.example.org')])],
  16: [Buffer.concat([text('one'), text('two')])],
  28: [Buffer.from('20010db8000000000000000000000042', 'hex')],
  33: [Buffer.concat([u16(1, 2, 443), name('srv.example.org')])],
  35: [Buffer.concat([u16(30, 100), text('s'), text('SIP+D2U'), text(''), name('naptr.example.org')])],
  52: [Buffer.concat([Buffer.from([3, 1, 1]), Buffer.from('abcd')])],
  257: [Buffer.concat([Buffer.from([128]), text('issue'), Buffer.from('ca.example.net')])],
};
const server = dgram.createSocket('udp4');
server.on('message', (message, from) => {
  const end = message.indexOf(0, 12);
  const type = message.readUInt16BE(end + 1);
  const question = message.subarray(12, end + 5);
  const first = message[13];
  if (first === 'x'.charCodeAt(0)) return answer(3, []);
  if (first === 'e'.charCodeAt(0)) return answer(0, []);
  if (first === 's'.charCodeAt(0)) return answer(2, []);
  const found = type === 255 ? Object.entries(records) : [[type, records[type]]];
  answer(0, found.flatMap(([kind, all]) => all.map((data) => Buffer.concat([u16(0xc00c, +kind, 1), u32(60), u16(data.length), data]))));
  function answer(code, answers) {
    const head = Buffer.concat([message.subarray(0, 2), Buffer.from([0x81, 0x80 | code]), u16(1, answers.length, 0, 0)]);
    server.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  }
});
server.bind(0, '127.0.0.1', async () => {
  const resolver = new dns.promises.Resolver({ tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  for (const rrtype of ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'TLSA']) {
    console.log(rrtype, await resolver.resolve('name.example.org', rrtype));
  }
  console.log(await resolver.resolve4('name.example.org', { ttl: true }));
  for (const host of ['xname.example.org', 'empty.example.org', 'sick.example.org', 'name.onion']) {
    await resolver.resolve4(host).catch((error) => console.log(error.code, error.errno, error.syscall, error.hostname, error.message));
  }
  server.close();
});
