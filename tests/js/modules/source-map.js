// module.SourceMap: entries and origins, of plain maps and of maps in sections.
const { SourceMap, findSourceMap } = require('module');
const payload = { version: 3, sources: ['a.js', 'b.js'], names: ['x', 'y'], mappings: 'AAAA,IAAIA;CCCC,EAAEC;;;AAAA' };
const map = new SourceMap(payload, { lineLengths: [4, 5] });
console.log(map, map.lineLengths, map.payload, map.payload === payload);
for (const place of [[0, 0], [0, 3], [0, 4], [1, 0], [1, 3], [4, 0], [9, 9], ['a', 0], [-1, 0]]) console.log(place, map.findEntry(...place), map.findOrigin(...place));
const sections = [{ offset: { line: 2, column: 3 }, map: { version: 3, sources: ['a.js'], names: [], mappings: 'AAAA;CAAA' } }];
console.log(new SourceMap({ version: 3, sections }).findEntry(3, 1), new SourceMap({ sources: [], mappings: ';;;' }).findEntry(0, 5));
for (const bad of [undefined, null, 1, 'x', [], {}]) {
  try {
    console.log(new SourceMap(bad));
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(findSourceMap(__filename), findSourceMap('nothing'));
