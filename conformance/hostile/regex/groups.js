// out: a$<b
// out: a0a$2$00$b
// out: null
// out: x
// out: [x]

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => 'ab'.replace(/(?<x>a)/, '$<x>$<y>$<'));
T(() => 'ab'.replace(/(a)/, '$10$01$2$00$$'));
T(() => { const m = /(?<a>.)/.exec('x'); m.groups = null; return Object.getPrototypeOf(/(?<a>.)/.exec('x').groups); });
T(() => /(?<__proto__>x)/.exec('x').groups.__proto__);
T(() => 'x'.replace(/(?<constructor>x)/, '[$<constructor>]'));
