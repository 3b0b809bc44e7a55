// transcode, isUtf8, isAscii.
const { transcode, isUtf8, isAscii } = require('buffer');
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.errno, e.message); } };
const text = Buffer.from('aé€😀');
for (const to of ['ascii', 'latin1', 'binary', 'ucs2', 'utf16le', 'utf8']) attempt(() => transcode(text, 'utf8', to));
for (const [from, bytes] of [['latin1', [0x61, 0xe9]], ['ascii', [0x61, 0xe9]], ['ucs2', [0x61, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde]], ['utf16le', [0x3d, 0xd8]]]) for (const to of ['ascii', 'latin1', 'ucs2', 'utf8']) attempt(() => transcode(Buffer.from(bytes), from, to));
attempt(() => transcode(text, 'utf8', 'hex'));
attempt(() => transcode(text, 'b', 'utf8'));
attempt(() => transcode('x', 'utf8', 'latin1'));
attempt(() => transcode(new Uint8Array(0), 'x', 'y'));
attempt(() => transcode(new Uint8Array([0x68]), 'utf8', 'latin1'));
for (const bytes of [[], [0x61], [0xc3, 0xa9], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98, 0x80], [0x80]]) console.log(isUtf8(Buffer.from(bytes)), isAscii(new Uint8Array(bytes)), isUtf8(new Uint8Array(bytes).buffer));
for (const value of ['x', null, {}, new DataView(new ArrayBuffer(1))]) { attempt(() => isUtf8(value)); attempt(() => isAscii(value)); }
