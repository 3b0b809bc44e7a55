// out: ( true
// out: [ true
// out: { true
// out: ((a)=>( true
// out: `${ true
// out: - true
// out: ! true
// out: a=> true
// out: a?b: true
// out: 1+ true
// out: class{a= true
// out: x as Array< true
// out: x as ( true
// out: x as {a: true
// out: x as keyof  true
// out: x as a extends b?c: true
// out: (")"+ true
// out: (/[)]/, true

const { stripTypeScriptTypes } = require('module');
const strip = (text, mode) => { try { stripTypeScriptTypes(text, { mode }); return 'fine'; } catch (e) { return e.code === 'ERR_INVALID_TYPESCRIPT_SYNTAX' ? 'refused' : e.name; } };
for (const [l, m, r, before = ''] of [['(', '1', ')'], ['[', '', ']'], ['{', '', '}'], ['((a)=>(', '1', '))'], ['`${', '1', '}`'], ['-', '1', ''], ['!', '1', ''], ['a=>', '1', ''], ['a?b:', 'c', ''], ['1+', '1', ''], ['class{a=', '1', '}'], ['Array<', 'a', '>', 'x as '], ['(', 'a', ')', 'x as '], ['{a:', 'b', '}', 'x as '], ['keyof ', 'a', '', 'x as '], ['a extends b?c:', 'd', '', 'x as '], ['(")"+', '1', ')'], ['(/[)]/,', '1', ')']]) {
  let held = true;
  for (const levels of [2e3, 2e5]) for (const mode of ['strip', 'transform']) held &&= ['fine', 'refused'].includes(strip('y = ' + before + l.repeat(levels) + m + r.repeat(levels), mode));
  console.log(before + l, held);
}
