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

const net = require('net'); const d = (l, c) => bad(l, c);
each('new Socket fd', [-1, 'x', {}, 1.5], (v) => new net.Socket({ fd: v })); each('new Socket objectMode', [true], (v) => new net.Socket({ objectMode: v })); each('readableObjectMode', [true], (v) => new net.Socket({ readableObjectMode: v })); each('writableObjectMode', [true], (v) => new net.Socket({ writableObjectMode: v })); each('connect', [undefined, {}, { port: -1 }, { port: 65536 }, { port: 'x' }, { port: NaN }, { port: null }, { port: {} }, { port: 1, host: 1 }, { port: 1, localAddress: 'x' }, { port: 1, localPort: 'x' }, { port: 1, family: 'x' }, { port: 1, lookup: 1 }, { port: 1, hints: -1 }, { path: 1 }, { path: {} }, { port: 1, autoSelectFamily: 'x' }, { port: 1, autoSelectFamilyAttemptTimeout: 'x' }, { port: 1, autoSelectFamilyAttemptTimeout: 0 }], (v) => net.connect(v)); each('connect args', [-1, 65536, 'x\0', true, s], (v) => { net.connect(v).on('error', fn).destroy(); throw new Error('accepted'); }); const so = new net.Socket(); each('setTimeout', [undefined, 'x', -1, {}, NaN, Infinity, null], (v) => so.setTimeout(v)); each('setTimeout cb', [1, 'x', {}], (v) => so.setTimeout(1, v)); each('write', [undefined, null, 1, {}, true], (v) => new net.Socket().write(v)); each('createServer', [1, 'x', true], (v) => net.createServer(v)); each('listen', [-1, 65536, { port: -1 }, { port: 'x' }, {}, true, { port: 1, path: 2 }.q ?? { path: 1 }, { fd: -1 }.q ?? { port: 65536 }], (v) => net.createServer().listen(v)); each('isIP', [undefined, null, 1, {}, s], (v) => net.isIP(v)); each('BlockList.addAddress', [undefined, 1, 'x', {}], (v) => new net.BlockList().addAddress(v)); each('addAddress family', ['x', 1, {}], (v) => new net.BlockList().addAddress('1.1.1.1', v)); each('addRange', [undefined, 'x'], (v) => new net.BlockList().addRange('1.1.1.1', v)); bad('addRange order', () => new net.BlockList().addRange('1.1.1.2', '1.1.1.1')); each('addSubnet prefix', [-1, 33, 'x', 1.5, undefined], (v) => new net.BlockList().addSubnet('1.1.1.0', v)); each('check', [undefined, 1, {}], (v) => new net.BlockList().check(v)); each('new SocketAddress', [1, 'x', null, { address: 1 }, { port: -1 }, { port: 'x' }, { family: 'x' }, { flowlabel: -1 }, { address: 'x' }], (v) => new net.SocketAddress(v)); each('setDefaultAutoSelectFamily', [1, 'x', undefined], (v) => net.setDefaultAutoSelectFamily(v)); each('setDefaultAutoSelectFamilyAttemptTimeout', ['x', 0, -1, 1.5], (v) => net.setDefaultAutoSelectFamilyAttemptTimeout(v)); each('server maxConn', [], fn); bad('close callback', () => { throw Object.assign(new Error('x'), { code: 'X' }); });
