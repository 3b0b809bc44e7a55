// out: undefined,undefined,,NaN,undefined,abc,bc,3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'abc';
T(() => [s.at(-4), s.at(Infinity), s.charAt(2 ** 40), s.charCodeAt(-1), s.codePointAt(9), s.slice(-Infinity, Infinity), s.substr(-2, 2 ** 60), s.lastIndexOf('', NaN)].map(String).join());
