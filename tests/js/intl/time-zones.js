// Time zones: names in every style, canonical identifiers, offsets, and process.env.TZ.
'use strict';
const summer = Date.UTC(2024, 6, 1, 12), winter = Date.UTC(2024, 0, 1, 12);
const zones = ['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/Los_Angeles', 'America/Phoenix', 'America/Sao_Paulo',
  'Asia/Tokyo', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Sydney', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Africa/Lagos', 'asia/shanghai', 'US/Pacific', 'GMT', '+05:30', '-08'];
for (const timeZone of zones) {
  const resolved = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  const names = ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'].map((timeZoneName) =>
    [winter, summer].map((time) => new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName, hour: 'numeric' }).format(time)).join(' '));
  console.log(timeZone, resolved, names.join(' | '));
}
for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'UTC']) {
  process.env.TZ = zone;
  console.log(Intl.DateTimeFormat().resolvedOptions().timeZone, String(new Date(winter)), new Date(summer).toTimeString(),
    new Date(2024, 6, 1).toISOString(), new Date(summer).toLocaleString(), new Date(summer).getTimezoneOffset());
}
for (const timeZone of ['x', '', 'Europe/Nowhere', '+24:00', '+1:00', 'UTC+1']) {
  try { new Intl.DateTimeFormat('en', { timeZone }); } catch (error) { console.log(error.name, error.message); }
}
const list = Intl.supportedValuesOf('timeZone');
console.log(list.length, list.slice(0, 3).join(), list.includes('UTC'));
