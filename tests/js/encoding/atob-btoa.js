// atob and btoa.
const attempt = (label, f) => { try { console.log(JSON.stringify(label), JSON.stringify(f())); } catch (e) { console.log(JSON.stringify(label), e.name, e.code, e.message, e instanceof DOMException); } };
for (const text of ['', 'a', 'ab', 'abc', 'ÿ\u0000', '\u0100', 5, null, undefined, [], {}, true]) attempt(String(text), () => btoa(text));
for (const text of ['', 'YQ==', 'YQ=', 'YQ', 'YR==', 'YWI=', 'YWJj', 'Y', 'YWJjZ', '=', '==', '====', 'YQ===', 'Y=Q=', ' Y W\tI\n= ', 'Y\u00a0Q', 'YW-_', 'YW+/', '*', 'ab\u0000', 'YQ\u0100', 'null', null, undefined, 12, 'AAAA'.repeat(50), 'A'.repeat(49)]) attempt(String(text), () => atob(text));
attempt('none', () => atob());
attempt('none', () => btoa());
attempt('symbol', () => btoa(Symbol('x')));
console.log(atob.length, btoa.length, require('buffer').atob === atob, require('buffer').btoa === btoa);
const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
console.log(atob(btoa(all)) === all, btoa(all).length);
