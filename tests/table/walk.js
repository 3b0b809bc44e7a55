'use strict';
// Prints, one a line, what each built-in module exports: key, type, length, attributes; for classes their prototype's and static members too.
const { isProxy } = require('util').types;
const modules = process.argv.slice(2);
const keys = (object) => Reflect.ownKeys(object);
const keyName = (key) => (typeof key === 'symbol' ? `[${key.description}]` : key);
const attributes = (d) => `${d.enumerable ? 'e' : '-'}${d.writable ? 'w' : '-'}${d.configurable ? 'c' : '-'}`;
const line = (path, d) => {
  if (d.get || d.set) return `${path} accessor ${d.get ? 'get' : ''}${d.set ? 'set' : ''} ${attributes(d)}`;
  const kind = d.value === null ? 'null' : Array.isArray(d.value) ? 'array' : typeof d.value;
  const length = kind === 'function' ? ` ${d.value.name || "''"}/${d.value.length}` : '';
  return `${path} ${kind}${length} ${attributes(d)}`;
};
const out = [];
const members = (path, object, skip) => {
  for (const key of keys(object)) {
    if (typeof key === 'symbol' && !key.description?.startsWith('Symbol.')) continue;
    if (skip.includes(key)) continue;
    out.push(line(`${path}${keyName(key)}`, Object.getOwnPropertyDescriptor(object, key)));
  }
};
const seen = new Set();
const walk = (path, object, depth) => {
  for (const key of keys(object)) {
    if (typeof key === 'symbol' && !key.description?.startsWith('Symbol.')) continue;
    if (typeof object === 'function' && ['length', 'name', 'prototype', 'arguments', 'caller'].includes(key)) continue;
    const d = Object.getOwnPropertyDescriptor(object, key);
    const at = `${path}.${keyName(key)}`;
    out.push(line(at, d));
    const value = d.value;
    if (typeof value === 'function' && value.prototype && !isProxy(value) && !seen.has(value)) {
      seen.add(value);
      const own = keys(value.prototype);
      const isClass = own.length > 1 || /^class/.test(Function.prototype.toString.call(value));
      if (isClass || /^[A-Z]/.test(value.name)) {
        members(`${at}#`, value.prototype, ['constructor']);
        members(`${at}.`, value, ['length', 'name', 'prototype', 'arguments', 'caller']);
      }
    } else if (value && typeof value === 'object' && depth > 0 && !seen.has(value) && Object.getPrototypeOf(value) !== Array.prototype && !path.includes('process')) {
      seen.add(value);
      walk(at, value, depth - 1);
    }
  }
};
for (const name of modules) {
  const exported = require(name);
  out.push(`${name} ${typeof exported}${typeof exported === 'function' ? ` ${exported.name || "''"}/${exported.length}` : ''}`);
  walk(name, exported, 1);
}
console.log(out.join('\n'));
