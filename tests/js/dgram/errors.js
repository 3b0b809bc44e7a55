'use strict';
// What is refused, with Node's codes and messages.
const dgram = require('dgram');
const attempt = (name, work) => {
  try {
    console.log(name, work());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
const socket = dgram.createSocket('udp4');
attempt('type', () => dgram.createSocket('udp5'));
attempt('lookup', () => dgram.createSocket({ type: 'udp4', lookup: null }));
attempt('size', () => dgram.createSocket({ type: 'udp4', recvBufferSize: 'a' }));
attempt('list', () => dgram.createSocket({ type: 'udp4', sendBlockList: 1 }));
attempt('address', () => socket.address());
attempt('ttl', () => socket.setTTL(1));
attempt('ttl type', () => socket.setTTL('1'));
attempt('broadcast', () => socket.setBroadcast(true));
attempt('buffer', () => socket.getRecvBufferSize());
attempt('buffer size', () => socket.setRecvBufferSize(-1));
attempt('remote', () => socket.remoteAddress());
attempt('disconnect', () => socket.disconnect());
attempt('port', () => socket.connect(0));
attempt('membership', () => socket.addMembership());
attempt('send', () => socket.send('a'));
attempt('bounds', () => socket.send('abc', 1, 9, 1234));
attempt('pieces', () => socket.send([1], 1234));
attempt('piece', () => socket.send(1, 1234));
attempt('sendto', () => socket.sendto('a', '0'));
socket.close();
attempt('closed', () => socket.address());
attempt('closed twice', () => socket.close());
const taken = dgram.createSocket('udp4');
taken.bind(0, '127.0.0.1', () => {
  attempt('membership', () => taken.addMembership('1.2.3.4'));
  const second = dgram.createSocket('udp4');
  second.on('error', (error) => {
    console.log(error.code, error.syscall, error.address, error.port === taken.address().port);
    second.close();
    attempt('bound', () => taken.bind());
    taken.close();
  });
  second.bind(taken.address().port, '127.0.0.1');
});
