'use strict';
// A language may have five to eight letters, though none does: programs ask for "default" and "generic".
console.log(new Date(0).toLocaleString('default', { timeZone: 'UTC', month: 'short' }));
console.log(Intl.Collator('generic', { sensitivity: 'base' }).compare('a', 'A'));
console.log(new Intl.NumberFormat('default').format(1234.5), new Intl.NumberFormat('default').resolvedOptions().locale);
console.log(Intl.getCanonicalLocales(['default', 'DEFAULT-us', 'Generic-Latn-u-nu-latn']));
console.log(Intl.DateTimeFormat.supportedLocalesOf(['default', 'en']), 'b'.localeCompare('a', 'default'), 'I'.toLocaleLowerCase('generic'));
for (const tag of ['defaultlanguage', 'defa', 'default-', 'default1']) {
  try {
    new Intl.NumberFormat(tag);
    console.log(tag, 'taken');
  } catch (error) {
    console.log(error.name, error.message);
  }
}
