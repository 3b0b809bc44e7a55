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

const dns = require('dns'); for (const m of ['lookup', 'resolve', 'resolve4', 'resolveMx', 'reverse']) { each(`dns.${m}`, m === 'lookup' ? [1, {}, [], true, s] : [undefined, null, 1, {}, [], true], (v) => dns[m](v, fn)); each(`dns.${m} callback`, [undefined, null, 1, 'x'].slice(0, m === 'lookup' ? 3 : 3), (v) => dns[m]('a.invalid', v)); } each('lookup family', ['x', 1, 7, {}, true], (v) => dns.lookup('a', { family: v }, fn)); each('lookup hints', ['x', 2 ** 20, {}], (v) => dns.lookup('a', { hints: v }, fn)); each('lookup all', [1, 'x'], (v) => dns.lookup('a', { all: v }, fn)); each('lookup verbatim', [1, 'x'], (v) => dns.lookup('a', { verbatim: v }, fn)); each('lookup order', [1, 'x'], (v) => dns.lookup('a', { order: v }, fn)); each('resolve rrtype', ['x', 1, {}, null], (v) => dns.resolve('a', v, fn)); bad('lookupService()', () => dns.lookupService()); bad('lookupService', () => dns.lookupService('x', 80, fn)); each('lookupService port', [-1, 65536, 'x', null], (v) => dns.lookupService('127.0.0.1', v, fn)); bad('lookupService cb', () => dns.lookupService('127.0.0.1', 80)); each('setServers', [undefined, null, 1, 'x', [1], ['x'], ['1.1.1.1:99999'].slice(1)[0] ?? ['a.b']], (v) => dns.setServers(v)); each('setDefaultResultOrder', [undefined, 'x', 1], (v) => dns.setDefaultResultOrder(v)); each('Resolver timeout', ['x', -2, 1.5, null], (v) => new dns.Resolver({ timeout: v })); each('Resolver tries', ['x', 0, 1.5, null], (v) => new dns.Resolver({ tries: v })); each('setLocalAddress', [1, 'x', {}, null], (v) => new dns.Resolver().setLocalAddress(v));
