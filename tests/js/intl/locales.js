// Language tags: canonical forms, Intl.Locale, what is supported.
'use strict';
for (const tag of ['EN-us', 'de-latn-de', 'iw', 'zh-hans-CN', 'en-US-u-ca-gregory-nu-latn', 'sr-Latn-rs', 'en-GB-oxendict', 'de-u-co-phonebk', 'ES-419', 'x-', 'en_US', '', 'a', 'en-u', 'en-a-bb-a-cc', 'de-1996-1996', 'abcdefghi']) {
  try { console.log(tag, Intl.getCanonicalLocales(tag).join()); } catch (error) { console.log(tag, error.name, error.message); }
}
console.log(Intl.getCanonicalLocales(['en-us', 'EN-US', 'fr']).join(), Intl.getCanonicalLocales().length);
const locale = new Intl.Locale('en-Latn-US-u-ca-buddhist-nu-thai-kn', { hourCycle: 'h23', region: 'GB' });
for (const key of ['language', 'script', 'region', 'baseName', 'calendar', 'caseFirst', 'collation', 'hourCycle', 'numeric', 'numberingSystem', 'firstDayOfWeek']) console.log(key, locale[key]);
console.log(String(locale));
for (const tag of ['zh', 'zh-TW', 'en', 'sr', 'ar', 'und-DE', 'pt']) {
  const found = new Intl.Locale(tag);
  console.log(tag, String(found.maximize()), String(found.maximize().minimize()), JSON.stringify(found.getTextInfo()), JSON.stringify(found.getWeekInfo()));
}
console.log(new Intl.Locale('en-US').getTimeZones().length, new Intl.Locale('en').getTimeZones(), new Intl.Locale('en-US').getHourCycles().join());
for (const service of ['NumberFormat', 'DateTimeFormat', 'Collator', 'PluralRules', 'ListFormat', 'RelativeTimeFormat', 'Segmenter', 'DisplayNames', 'DurationFormat']) {
  console.log(service, Intl[service].supportedLocalesOf(['en', 'en-US', 'zxx', 'en-u-nu-thai']).join());
}
console.log(new Intl.NumberFormat(['xx', 'en-u-nu-thai']).resolvedOptions().locale, new Intl.NumberFormat().resolvedOptions().locale, new Intl.NumberFormat(new Intl.Locale('en')).resolvedOptions().locale);
console.log(Intl.supportedValuesOf('currency').length, Intl.supportedValuesOf('unit').join(), Intl.supportedValuesOf('numberingSystem').length);
