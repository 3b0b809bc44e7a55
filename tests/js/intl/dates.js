// Dates and times: each field alone, the usual combinations, styles.
'use strict';
const date = Date.UTC(2024, 2, 5, 15, 4, 9, 78);
const early = Date.UTC(2023, 11, 31, 0, 0, 0, 5);
const numeric = 'numeric', long = 'long', short = 'short', narrow = 'narrow', two = '2-digit';
const options = [
  {}, { year: two }, { month: long }, { month: narrow }, { day: two }, { weekday: short }, { era: short }, { hour: numeric },
  { minute: two }, { second: numeric }, { fractionalSecondDigits: 2 }, { dayPeriod: long }, { timeZoneName: short },
  { year: numeric, month: numeric }, { year: numeric, month: short }, { month: numeric, day: numeric }, { month: short, day: numeric },
  { year: numeric, month: two, day: two }, { year: numeric, month: long, day: numeric }, { weekday: long, month: long, day: numeric },
  { weekday: short, year: numeric, month: short, day: numeric }, { era: short, year: numeric, month: long, day: numeric },
  { weekday: long, day: numeric }, { hour: numeric, minute: numeric }, { hour: two, minute: two, second: two },
  { minute: numeric, second: numeric, fractionalSecondDigits: 3 }, { hour: numeric, hour12: false }, { hour: numeric, minute: two, hourCycle: 'h23' },
  { hour: numeric, minute: two, hourCycle: 'h24' }, { hour: numeric, minute: two, hourCycle: 'h11' }, { hour: numeric, dayPeriod: short },
  { hour: numeric, minute: numeric, timeZoneName: long }, { weekday: long, hour: numeric },
  { month: long, day: numeric, hour: numeric, minute: numeric }, { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
  { year: numeric, month: short, day: numeric, hour: numeric, minute: two, timeZoneName: short },
  { dateStyle: 'full' }, { dateStyle: long }, { dateStyle: 'medium' }, { dateStyle: short }, { timeStyle: 'full' }, { timeStyle: long }, { timeStyle: 'medium' },
  { timeStyle: short }, { dateStyle: 'full', timeStyle: long }, { dateStyle: 'medium', timeStyle: short }, { timeStyle: short, hour12: false },
];
for (const option of options) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...option });
  console.log(JSON.stringify(option), [date, early, -1e14].map((time) => format.format(time)).join(' | '));
  console.log(JSON.stringify(format.resolvedOptions()));
}
const parts = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'full', timeStyle: 'full' }).formatToParts(date);
console.log(parts.map(({ type, value }) => `${type}:${value}`).join('|'));
