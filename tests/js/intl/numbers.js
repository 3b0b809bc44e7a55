// Numbers in every style and notation.
'use strict';
const numbers = [0, -0, 1, -1.5, 0.005, 999.995, 1234.567, 123456789, 1e21, NaN, -Infinity, 12345678901234567890n, '0.1234567890123456789'];
const options = [
  {},
  { style: 'percent' },
  { style: 'percent', maximumFractionDigits: 1 },
  { style: 'currency', currency: 'USD' },
  { style: 'currency', currency: 'jpy' },
  { style: 'currency', currency: 'CHF', currencySign: 'accounting' },
  { style: 'currency', currency: 'CAD', currencyDisplay: 'narrowSymbol' },
  { style: 'currency', currency: 'EUR', currencyDisplay: 'name' },
  { style: 'currency', currency: 'GBP', currencyDisplay: 'code' },
  { style: 'unit', unit: 'kilometer-per-hour' },
  { style: 'unit', unit: 'liter', unitDisplay: 'long' },
  { style: 'unit', unit: 'celsius', unitDisplay: 'narrow' },
  { style: 'unit', unit: 'mile-per-gallon', unitDisplay: 'short' },
  { notation: 'compact' },
  { notation: 'compact', compactDisplay: 'long' },
  { notation: 'compact', style: 'currency', currency: 'USD' },
  { notation: 'scientific' },
  { notation: 'engineering', maximumSignificantDigits: 3 },
  { minimumIntegerDigits: 4, useGrouping: false },
  { useGrouping: 'min2' },
  { maximumSignificantDigits: 3 },
  { minimumSignificantDigits: 4 },
  { minimumFractionDigits: 2, maximumFractionDigits: 4 },
  { signDisplay: 'always' },
  { signDisplay: 'exceptZero' },
  { signDisplay: 'negative', maximumFractionDigits: 0 },
  { signDisplay: 'never' },
  { roundingMode: 'floor', maximumFractionDigits: 0 },
  { roundingMode: 'halfEven', maximumFractionDigits: 2 },
  { roundingIncrement: 5, minimumFractionDigits: 2, maximumFractionDigits: 2 },
  { roundingPriority: 'lessPrecision', maximumFractionDigits: 1, maximumSignificantDigits: 4 },
  { trailingZeroDisplay: 'stripIfInteger', minimumFractionDigits: 2 },
  { numberingSystem: 'arab' },
];
for (const option of options) {
  const format = new Intl.NumberFormat('en-US', option);
  console.log(JSON.stringify(option), numbers.map((number) => format.format(number)).join(' | '));
  console.log(JSON.stringify(format.resolvedOptions()));
}
