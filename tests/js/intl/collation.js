// The order of texts: Collator, localeCompare, sorting.
'use strict';
const words = ['zebra', 'Apple', 'apple', 'Äpfel', 'äpfel', 'éclair', 'eclair', 'Eclair', 'résumé', 'resume', 'Résumé', 'naïve', 'naive', 'co-op', 'coop', 'CO-OP', 'a b', 'ab', 'a-b',
  'item 10', 'item 2', 'item 1', 'ñandú', 'nandu', 'Ørsted', 'Orsted', 'straße', 'strasse', 'æon', 'aeon', '', ' ', '_x', '-x', '1', '10', '2', 'ж', 'а', 'β', 'α', 'カ', '中', 'ł', 'l', 'ﬁ', 'fi', '$', '€', '#'];
console.log(words.toSorted((x, y) => x.localeCompare(y)).join('|'));
for (const option of [{ numeric: true }, { sensitivity: 'base' }, { caseFirst: 'upper' }, { ignorePunctuation: true }]) {
  console.log(words.toSorted(new Intl.Collator('en', option).compare).join('|'));
}
const pairs = [['a', 'b'], ['a', 'A'], ['a', 'á'], ['a', 'Á'], ['A', 'á'], ['a', 'a'], ['2', '10'], ['black-bird', 'blackbird'], ['ﬃ', 'ffi'], ['e\u0301', '\u00e9'], ['', 'a'], ['Z', 'a'], ['ss', 'ß'], ['中', '文']];
for (const sensitivity of ['base', 'accent', 'case', 'variant']) {
  const collator = new Intl.Collator('en', { sensitivity });
  console.log(sensitivity, pairs.map(([x, y]) => collator.compare(x, y)).join());
}
console.log(['2', '10'].map((text) => text.localeCompare('9', undefined, { numeric: true })).join(), 'a'.localeCompare('B'), 'a'.localeCompare('á', 'en', { sensitivity: 'base' }), 'undefined'.localeCompare());
console.log(JSON.stringify(new Intl.Collator('en-u-kn-kf-upper', { usage: 'search', sensitivity: 'accent' }).resolvedOptions()));
console.log(new Intl.Collator().compare.name === '', new Intl.Collator().compare.length, Intl.Collator() instanceof Intl.Collator);
