// The class: labels, receivers, errors, what instances show.
const { StringDecoder } = require('string_decoder');
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
for (const label of [undefined, null, '', 'UTF8', 'ucs2', 'BINARY', 'Base64URL', 'utf-16le']) attempt(() => new StringDecoder(label).encoding);
for (const label of ['nope', 1, 'utf8 ', {}]) attempt(() => new StringDecoder(label));
const decoder = new StringDecoder('utf8');
for (const value of [5, undefined, null, {}, [], new ArrayBuffer(1)]) { attempt(() => decoder.write(value)); attempt(() => decoder.end(value)); }
attempt(() => decoder.write('text') + decoder.end('end'));
attempt(() => decoder.write(new Uint16Array([0x6261])) + decoder.write(new DataView(Uint8Array.of(0x63).buffer)));
attempt(() => decoder.write.call({}, Buffer.from('a')));
attempt(() => decoder.text(Buffer.from('abc'), 1));
function Sub() { StringDecoder.call(this, 'utf8'); }
Object.setPrototypeOf(Sub.prototype, StringDecoder.prototype);
attempt(() => new Sub().write(Buffer.from('x')));
class Modern extends StringDecoder { write(chunk) { return `<${super.write(chunk)}>`; } }
attempt(() => new Modern('hex').end(Buffer.from('x')));
decoder.write(Buffer.from([0xe2, 0x82]));
console.log(decoder, Object.keys(decoder), Object.keys(StringDecoder.prototype), StringDecoder.length);
