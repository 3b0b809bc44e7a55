// formatRange of dates.
'use strict';
const start = Date.UTC(2024, 2, 5, 9, 4, 9);
const ends = [0, 1000, 60e3, 3600e3, 6 * 3600e3, 864e5, 30 * 864e5, 400 * 864e5].map((more) => start + more);
for (const option of [
  {},
  { dateStyle: 'full' },
  { dateStyle: 'long' },
  { dateStyle: 'medium', timeStyle: 'short' },
  { timeStyle: 'short' },
  { timeStyle: 'medium' },
  { month: 'short', day: 'numeric' },
  { year: 'numeric', month: 'long' },
  { year: 'numeric' },
  { hour: 'numeric' },
  { hour: 'numeric', minute: '2-digit', hour12: false },
  { weekday: 'short', month: 'short', day: 'numeric' },
]) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...option });
  for (const end of ends) {
    console.log(format.formatRange(start, end), '/', format.formatRangeToParts(start, end).map((part) => part.source[0] + part.value).join('|'));
  }
}
