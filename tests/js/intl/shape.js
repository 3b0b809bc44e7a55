// Every property of `Intl`: attributes, names and lengths of functions, tags.
'use strict';
const seen = new Set();
function walk(object, path) {
  if (seen.has(object)) return;
  seen.add(object);
  for (const key of Reflect.ownKeys(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    const flags = (descriptor.writable ? 'w' : '-') + (descriptor.enumerable ? 'e' : '-') + (descriptor.configurable ? 'c' : '-');
    for (const kind of ['value', 'get']) {
      const value = descriptor[kind];
      if (value === undefined) continue;
      const name = `${path}.${String(key)}`;
      if (typeof value === 'function') console.log(name, kind, flags, value.name, value.length);
      else if (typeof value === 'object') console.log(name, kind, flags, Object.prototype.toString.call(value));
      else if (key !== 'name' && key !== 'length') console.log(name, kind, flags, value);
      if (Object(value) === value) walk(value, name);
    }
  }
}
walk(Intl, 'Intl');
console.log(Object.prototype.toString.call(Intl), Object.getPrototypeOf(Intl) === Object.prototype);
const attributes = Object.getOwnPropertyDescriptor(globalThis, 'Intl');
console.log(attributes.writable, attributes.enumerable, attributes.configurable);
for (const [prototype, names] of [
  [Number.prototype, ['toLocaleString']],
  [BigInt.prototype, ['toLocaleString']],
  [Array.prototype, ['toLocaleString']],
  [Object.getPrototypeOf(Uint8Array.prototype), ['toLocaleString']],
  [Date.prototype, ['toString', 'toTimeString', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']],
  [String.prototype, ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']],
]) {
  for (const name of names) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(prototype, name);
    console.log(value.name, value.length, writable, enumerable, configurable, 'prototype' in value);
  }
}
