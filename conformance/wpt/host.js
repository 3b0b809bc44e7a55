'use strict';
// Runs one file of the web-platform-tests and writes a JSON line for each of its tests. Arguments: the suite's folder, the file below it.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const [root, file] = process.argv.slice(2);
const folder = path.join(root, path.dirname(file));
const located = (name) => (name.startsWith('/') ? path.join(root, name) : path.join(folder, name));
const load = (name) => vm.runInThisContext(fs.readFileSync(name, 'utf8'), { filename: name });

globalThis.self = globalThis;
globalThis.GLOBAL = { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false };
globalThis.location = new URL(file, 'http://web-platform.test/');

// Tests read their data by names relative to themselves.
const overNetwork = globalThis.fetch;
globalThis.fetch = async (name, init) => {
  if (typeof name !== 'string' || /^[a-z]+:/.test(name)) return overNetwork(name, init);
  const text = fs.readFileSync(located(name), 'utf8');
  return { ok: true, text: async () => text, json: async () => JSON.parse(text) };
};

load(path.join(root, 'resources/testharness.js'));
const say = (value) => fs.writeSync(1, JSON.stringify(value) + '\n');
add_result_callback((test) => say({ name: test.name, status: test.status, message: test.message }));
add_completion_callback((_, status) => say({ harness: status.status, message: status.message }));
process.on('uncaughtException', (error) => say({ uncaught: String(error && error.stack) }));
process.on('unhandledRejection', () => {});

const text = fs.readFileSync(path.join(root, file), 'utf8');
for (const [, name] of text.matchAll(/^\/\/ META: script=(.+)$/gm)) load(located(name.trim()));
load(path.join(root, file));
