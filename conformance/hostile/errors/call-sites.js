// out: string
// out: function
// out: function
// out: TypeError
// out: true
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
Error.prepareStackTrace = (e, s) => s;
const s = new Error('x').stack; Error.prepareStackTrace = undefined;
T(() => s.length > 0 && typeof s[0].getFileName());
T(() => typeof s[0].getThis);
T(() => typeof s[0].getFunction);
T(() => s[0].getFileName.call({}));
T(() => s[0].constructor.constructor('return this')() === globalThis);
T(() => Object.getPrototypeOf(s[0]).getLineNumber.call(null));
