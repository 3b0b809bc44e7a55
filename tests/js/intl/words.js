// PluralRules, ListFormat, RelativeTimeFormat, DisplayNames, DurationFormat.
'use strict';
for (const type of ['cardinal', 'ordinal']) {
  const rules = new Intl.PluralRules('en-US', { type });
  console.log([0, 1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111, 112, 1.5, -1, NaN].map((number) => rules.select(number)).join());
  console.log(rules.selectRange(1, 2), JSON.stringify(rules.resolvedOptions()));
}
console.log(new Intl.PluralRules('en', { minimumFractionDigits: 1 }).select(1));
for (const type of ['conjunction', 'disjunction', 'unit']) {
  for (const style of ['long', 'short', 'narrow']) {
    const format = new Intl.ListFormat('en', { type, style });
    console.log(type, style, [[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']].map((list) => format.format(list)).join(' | '), JSON.stringify(format.resolvedOptions()));
  }
}
console.log(JSON.stringify(new Intl.ListFormat('en').formatToParts(new Set(['x', 'y', 'z']))));
for (const style of ['long', 'short', 'narrow']) {
  for (const unit of ['second', 'minutes', 'hour', 'days', 'week', 'month', 'quarter', 'year']) {
    const always = new Intl.RelativeTimeFormat('en', { style }), auto = new Intl.RelativeTimeFormat('en', { style, numeric: 'auto' });
    console.log(style, unit, [-2, -1, -0, 0, 1, 1234.5].map((value) => always.format(value, unit)).join(' | '), '#', [-1, 0, 1, 2].map((value) => auto.format(value, unit)).join(' | '));
  }
}
console.log(JSON.stringify(new Intl.RelativeTimeFormat('en').formatToParts(-1234.5, 'day')));
const name = (type, code, more) => new Intl.DisplayNames('en', { type, ...more }).of(code);
console.log(['US', 'DE', '419', 'GB', 'ZX'].map((code) => name('region', code)).join(' | '), name('region', 'US', { style: 'short' }));
console.log(['en', 'en-GB', 'de-AT', 'zh-Hans', 'sr-Latn-RS', 'pt-BR', 'xx', 'fr-DE'].map((code) => name('language', code)).join(' | '), name('language', 'en-GB', { languageDisplay: 'standard' }));
console.log(['USD', 'eur', 'JPY', 'XXX', 'QQQ'].map((code) => name('currency', code)).join(' | '), ['Latn', 'Cyrl', 'Arab'].map((code) => name('script', code)).join());
console.log(['year', 'weekOfYear', 'dayPeriod', 'timeZoneName'].map((code) => name('dateTimeField', code)).join(), name('calendar', 'gregory'), name('region', 'ZX', { fallback: 'none' }));
const duration = { years: 1, months: 2, days: 3, hours: 4, minutes: 5, seconds: 6, milliseconds: 7, microseconds: 8 };
for (const style of ['long', 'short', 'narrow', 'digital']) {
  const format = new Intl.DurationFormat('en', { style });
  console.log(format.format(duration), '|', format.format({ hours: -1, minutes: -30 }), '|', format.format({ minutes: 1 }), JSON.stringify(format.resolvedOptions()));
}
console.log(new Intl.DurationFormat('en', { style: 'digital', fractionalDigits: 2 }).format(duration), JSON.stringify(new Intl.DurationFormat('en', { style: 'digital' }).formatToParts(duration)));
