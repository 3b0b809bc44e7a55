// What bundlers make of `import * as crypto`: an object that is frozen, with the accessors of the module.
const crypto = require('node:crypto');
const namespace = Object.create(null);
for (const key of Object.keys(crypto)) {
  const own = Object.getOwnPropertyDescriptor(crypto, key);
  Object.defineProperty(namespace, key, own.get ? own : { enumerable: true, get: () => crypto[key] });
}
Object.freeze(namespace);
console.log(typeof namespace.webcrypto, namespace.webcrypto === namespace.webcrypto, typeof namespace.subtle);
const heir = Object.create(crypto);
console.log(typeof heir.webcrypto, Object.keys(heir).length);
