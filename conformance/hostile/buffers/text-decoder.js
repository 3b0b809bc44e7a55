// out: RangeError
// out: TypeError
// out: 3
// out: TypeError
// out: TypeError
// out: 3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new TextDecoder('nope'));
T(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])));
T(() => new TextDecoder().decode(new Uint8Array([0xff, 0xfe, 0x80])).length);
T(() => new TextDecoder().decode('x'));
T(() => new TextEncoder().encodeInto('x', []));
T(() => new TextEncoder().encodeInto('\u20ac\u20ac', new Uint8Array(4)).written);
