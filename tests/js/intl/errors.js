// What is thrown, in V8's words.
'use strict';
const attempts = [
  () => Intl.getCanonicalLocales([1]), () => Intl.getCanonicalLocales(null), () => new Intl.NumberFormat('en_US'), () => new Intl.NumberFormat(null), () => new Intl.NumberFormat('en', null),
  () => new Intl.NumberFormat('en', { style: 'x' }), () => new Intl.NumberFormat('en', { style: 'currency' }), () => new Intl.NumberFormat('en', { style: 'currency', currency: 'x' }),
  () => new Intl.NumberFormat('en', { style: 'unit' }), () => new Intl.NumberFormat('en', { style: 'unit', unit: 'foo' }), () => new Intl.NumberFormat('en', { maximumFractionDigits: 101 }),
  () => new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 2 }), () => new Intl.NumberFormat('en', { minimumIntegerDigits: 0 }), () => new Intl.NumberFormat('en', { roundingIncrement: 3 }),
  () => new Intl.NumberFormat('en', { roundingIncrement: 5, maximumSignificantDigits: 3 }), () => new Intl.NumberFormat('en', { numberingSystem: 'x' }), () => new Intl.NumberFormat('en', { localeMatcher: 'x' }),
  () => new Intl.NumberFormat('en', { useGrouping: 'x' }), () => Intl.NumberFormat.prototype.resolvedOptions.call({}), () => Intl.NumberFormat.prototype.formatToParts.call({}), () => Intl.NumberFormat().format(Symbol()),
  () => Intl.NumberFormat().formatRange(1), () => Intl.NumberFormat().formatRange(NaN, 1), () => Intl.PluralRules(), () => new Intl.PluralRules('en', { type: 'x' }), () => new Intl.PluralRules('en').select.call({}),
  () => new Intl.DateTimeFormat('en', { timeZone: 'x' }), () => new Intl.DateTimeFormat('en', { weekday: 'x' }), () => new Intl.DateTimeFormat('en', { dateStyle: 'full', year: 'numeric' }),
  () => new Intl.DateTimeFormat('en', { fractionalSecondDigits: 4 }), () => new Intl.DateTimeFormat('en').format(NaN), () => new Intl.DateTimeFormat('en').format(8.64e15 + 1), () => new Intl.DateTimeFormat('en').formatRange(1),
  () => Intl.DateTimeFormat.prototype.formatToParts.call({}), () => new Intl.Collator('en', { usage: 'x' }), () => Intl.Collator.prototype.compare, () => new Intl.ListFormat('en', { type: 'x' }),
  () => new Intl.ListFormat('en').format([1]), () => new Intl.ListFormat('en').format(1), () => Intl.ListFormat(), () => new Intl.RelativeTimeFormat('en').format(1, 'x'), () => new Intl.RelativeTimeFormat('en').format(Infinity, 'day'),
  () => new Intl.Segmenter('en', { granularity: 'x' }), () => new Intl.DisplayNames('en'), () => new Intl.DisplayNames('en', {}), () => new Intl.DisplayNames('en', { type: 'region' }).of('x'),
  () => new Intl.DisplayNames('en', { type: 'language' }).of('x'), () => new Intl.Locale(), () => new Intl.Locale('x'), () => new Intl.Locale('en', { language: 'x' }), () => new Intl.Locale('en', { hourCycle: 'x' }),
  () => Intl.Locale('en'), () => Intl.Locale.prototype.language, () => Intl.Locale.prototype.maximize.call({}), () => Intl.supportedValuesOf('x'), () => new Intl.DurationFormat('en').format({}),
  () => new Intl.DurationFormat('en').format({ hours: 1.5 }), () => new Intl.DurationFormat('en').format({ hours: 1, minutes: -1 }), () => new Intl.DurationFormat('en').format(1), () => 'a'.localeCompare('b', 'x'),
  () => 'i'.toLocaleUpperCase('x'), () => (1).toLocaleString('x'), () => Number.prototype.toLocaleString.call('x'), () => BigInt.prototype.toLocaleString.call(1), () => Date.prototype.toLocaleString.call('x'),
  () => new Date(0).toLocaleDateString('en', { timeStyle: 'short' }), () => new Date(0).toLocaleTimeString('en', { dateStyle: 'short' }), () => Intl.NumberFormat.supportedLocalesOf('en', { localeMatcher: 'x' }),
];
for (const attempt of attempts) {
  try { console.log(String(attempt).slice(6), attempt()); } catch (error) { console.log(String(attempt).slice(6), `${error.name}: ${error.message}`); }
}
