'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).split('\\n').slice(0, 3).join(' | ')}`);
const bad = (label, call) => {
  try {
    call();
    console.log(`#${++n} ${label}: no error`);
  } catch (error) {
    told(label, error);
  }
};
const each = (label, values, call) => values.forEach((value) => bad(`${label}(${brief(value)})`, () => call(value)));
const s = Symbol('s');
const fn = () => {};

const dgram = require('dgram'); each('createSocket', [undefined, null, 1, 'x', {}, { type: 'x' }, true], (v) => dgram.createSocket(v)); each('lookup', [1, 'x', {}], (v) => dgram.createSocket({ type: 'udp4', lookup: v })); each('recvBufferSize', ['x', {}].slice(2), (v) => dgram.createSocket({ type: 'udp4', recvBufferSize: v })); each('signal', [1, {}, 'x'], (v) => dgram.createSocket({ type: 'udp4', signal: v })); const so = dgram.createSocket('udp4'); each('bind', [{ port: -1 }, { port: 'x' }, { port: 65536 }].slice(3), (v) => so.bind(v)); each('send', [undefined, null, 1, {}, true, [1]], (v) => so.send(v, 1, '127.0.0.1')); each('send port', [0, -1, 65536, 'x', null, {}, undefined], (v) => so.send('a', v)); each('send address', [1, {}, true], (v) => so.send('a', 1, v)); bad('send offset', () => so.send('a', 5, 1, 1234)); bad('send length', () => so.send('a', 0, 9, 1234)); for (const m of ['setBroadcast', 'setMulticastLoopback']) bad(m, () => so[m](true)); for (const m of ['setTTL', 'setMulticastTTL']) each(m, ['x', undefined, null, {}], (v) => so[m](v)); each('setMulticastInterface', [1, undefined, {}], (v) => so.setMulticastInterface(v)); each('addMembership', [undefined], (v) => so.addMembership(v)); each('dropMembership', [undefined], (v) => so.dropMembership(v)); bad('addSourceSpecificMembership', () => so.addSourceSpecificMembership(1)); bad('addSource 2', () => so.addSourceSpecificMembership('1.1.1.1', 1)); each('setRecvBufferSize', [-1, 'x', 1.5], (v) => so.setRecvBufferSize(v)); each('setSendBufferSize', [-1, 'x'], (v) => so.setSendBufferSize(v)); bad('getRecvBufferSize', () => so.getRecvBufferSize()); bad('remoteAddress', () => so.remoteAddress()); bad('disconnect', () => so.disconnect()); each('connect', [0, -1, 'x', undefined], (v) => so.connect(v)); bad('close', () => { so.close(); so.close(); }); bad('send closed', () => so.send('a', 1, '127.0.0.1')); bad('address closed', () => so.address());
