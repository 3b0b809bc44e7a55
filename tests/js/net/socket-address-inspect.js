// A SocketAddress shows what it holds; a range the wrong way round names the address that is at fault.
'use strict';
const net = require('net');
const address = new net.SocketAddress({ address: '10.0.0.1', port: 80 });
console.log(address);
console.log({ deep: { deeper: { address } } });
console.log(new net.SocketAddress({ address: '::1', family: 'ipv6', flowlabel: 7 }));
for (const [start, end, family] of [['10.0.0.2', '10.0.0.1'], [address, '10.0.0.0'], ['::2', '::1', 'ipv6']]) {
  try {
    new net.BlockList().addRange(start, end, family);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
try {
  net.connect({ port: 1, family: 'x' });
} catch (error) {
  console.log(error.code, error.message);
}
