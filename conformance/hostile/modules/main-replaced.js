// out: Error

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
require('module')._load = () => { throw new Error('load'); };
T(() => require('fs'));
