// Segmenter: characters, words, sentences.
'use strict';
const texts = ['Hi, there. It costs 3.5 €! Really?', 'e\u0301a👨‍👩‍👧🇩🇪🇫🇷', "can't stop_it a1b2", 'One. Two! Three? four', ''];
for (const granularity of ['grapheme', 'word', 'sentence']) {
  const segmenter = new Intl.Segmenter('en', { granularity });
  for (const text of texts) {
    const found = [...segmenter.segment(text)];
    console.log(granularity, found.map(({ segment, index, isWordLike }) => `${index}:${segment}${isWordLike ? '*' : ''}`).join('|'));
  }
}
const segments = new Intl.Segmenter('en', { granularity: 'word' }).segment('ab cd');
console.log(JSON.stringify(segments.containing(3)), segments.containing(9), segments.containing(-1), JSON.stringify(segments.containing()));
const iterator = segments[Symbol.iterator]();
console.log(Object.prototype.toString.call(iterator), Object.prototype.toString.call(segments), JSON.stringify(iterator.next()), iterator[Symbol.iterator]() === iterator);
