// formatToParts, formatRange and formatRangeToParts of numbers.
'use strict';
const show = (parts) => parts.map(({ type, value, source }) => `${type}${source ? `@${source}` : ''}:${value}`).join(' ');
for (const [option, number] of [
  [{}, -1234567.891],
  [{ style: 'currency', currency: 'USD', currencySign: 'accounting' }, -1234.5],
  [{ style: 'currency', currency: 'CHF' }, 1234.5],
  [{ style: 'currency', currency: 'USD', currencyDisplay: 'name' }, 1],
  [{ style: 'unit', unit: 'meter-per-second', unitDisplay: 'long' }, 2],
  [{ style: 'percent', signDisplay: 'always' }, 0.5],
  [{ notation: 'compact', compactDisplay: 'long' }, 1234567],
  [{ notation: 'scientific' }, 0.000123],
  [{}, NaN],
  [{}, -Infinity],
]) {
  console.log(show(new Intl.NumberFormat('en-US', option).formatToParts(number)));
}
for (const [option, start, end] of [
  [{}, 1, 2],
  [{}, 3, 3],
  [{}, -2, 1],
  [{ maximumFractionDigits: 0 }, 2.9, 3.1],
  [{ style: 'currency', currency: 'USD' }, 1, 2],
  [{ style: 'currency', currency: 'USD', currencyDisplay: 'name' }, 1, 2],
  [{ style: 'percent' }, 0.1, 0.2],
  [{ style: 'unit', unit: 'meter' }, 1, 2],
  [{ notation: 'compact' }, 1000, 2000],
]) {
  const format = new Intl.NumberFormat('en-US', option);
  console.log(format.formatRange(start, end), '/', show(format.formatRangeToParts(start, end)));
}
const { format } = new Intl.NumberFormat('en-US');
console.log(format.name === '', format.length, [1000, 2000].map(format).join(' '));
const one = new Intl.NumberFormat();
console.log(one.format === one.format, Intl.NumberFormat('en') instanceof Intl.NumberFormat);
class Money extends Intl.NumberFormat {
  constructor() { super('en-US', { style: 'currency', currency: 'USD' }); }
}
console.log(new Money().format(5), new Money() instanceof Money, Object.prototype.toString.call(new Money()));
