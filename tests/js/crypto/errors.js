const c = require('crypto');
const calls = [
  () => c.createHash('nope'), () => c.hash('nope', 'a'), () => c.createHash(), () => c.createHash('md5').update(), () => c.createHash('md5').update(5),
  () => { const h = c.createHash('md5'); h.digest(); h.update('a'); },
  () => { const h = c.createHash('md5'); h.digest(); h.digest(); },
  () => { const h = c.createHash('md5'); h.digest(); h.copy(); },
  () => { const h = c.createHmac('md5', 'k'); h.digest(); return h.digest().length; },
  () => c.createHmac('nope', 'k'), () => c.createHmac('md5'), () => c.createHmac(), () => c.createHmac('md5', 3),
  () => c.randomBytes(), () => c.randomBytes(-1), () => c.randomBytes(2 ** 31), () => c.randomInt(5, 1), () => c.randomInt('a'),
  () => c.randomInt(0, 2 ** 50), () => c.timingSafeEqual('a', 'b'), () => c.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')),
  () => c.pbkdf2Sync('a', 'b', 0, 10, 'sha1'), () => c.pbkdf2Sync('a', 'b', 1, 10, 'nope'), () => c.pbkdf2Sync('a', 'b', 1, 10),
  () => c.scryptSync('a', 'b', 10, { N: 3 }), () => c.scryptSync('a', 'b', 10, { N: 2 ** 20 }), () => c.scryptSync('a', 'b', -1),
  () => c.hkdfSync('nope', 'a', 'b', 'c', 10), () => c.hkdfSync('sha1', 'a', 'b', 'c', 1e6),
  () => c.randomUUID({ disableEntropyCache: 1 }), () => c.randomFillSync(new Uint8Array(4), 5), () => c.randomFillSync('a'),
  () => c.getRandomValues(new Float32Array(1)), () => c.getRandomValues(new Uint8Array(70000)), () => c.pbkdf2('a', 'b', 1, 1, 'sha1'),
  () => c.hash('sha1'), () => c.hash(), () => c.randomBytes(1, 2),
];
for (const call of calls) {
  try {
    console.log('gives', call());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
