// out: true
// out: true
// out: true
// out: true
// out: true
// out: fine true

const E = s => { try { new RegExp(s); return 'fine'; } catch (e) { return e instanceof SyntaxError || e instanceof RangeError ? 'refused' : e.name; } };
console.log(['fine', 'refused'].includes(E('('.repeat(5e4) + 'a' + ')'.repeat(5e4))));
console.log(['fine', 'refused'].includes(E('(?:'.repeat(5e4) + 'a' + ')*'.repeat(5e4))));
console.log(['fine', 'refused'].includes(E('(?=' .repeat(1e4) + ')'.repeat(1e4))));
console.log(['fine', 'refused'].includes(E('a|'.repeat(1e4))));
console.log(['fine', 'refused'].includes(E('[' + 'a-z'.repeat(1e4) + ']')));
console.log(E('a{2147483648}'), E('(a{1000}){1000}').length > 0);
