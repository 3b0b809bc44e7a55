'use strict';
// Labels in ASCII and back.
const punycode = require('punycode');
console.log(punycode.encode('mañana'), punycode.decode('maana-pta'), punycode.toASCII('user@bücher.中国'), punycode.toUnicode('xn--bcher-kva.xn--fiqs8s'));
console.log(punycode.ucs2.decode('a\uD834\uDF06\uD800'), punycode.ucs2.encode([0x61, 0x1D306]), punycode.encode('☃-⌘'), punycode.encode(''));
for (const bad of ['\x80-a', 'ü', '99999999']) {
  try {
    console.log(punycode.decode(bad));
  } catch (error) {
    console.log(error.name, error.message);
  }
}
