'use strict';
// Tells every event without what differs from run to run.
module.exports = async function* reporter(source) {
  for await (const { type, data } of source) {
    const { name, nesting, testNumber, count, skip, todo, expectFailure, line, column, details, message, level } = data;
    if (typeof message === 'string' && message.startsWith('duration_ms')) continue;
    const error = details?.error;
    const shown = { name, nesting, testNumber, count, skip, todo, expectFailure, line, column, level, message, type: details?.type, passed: details?.passed, failure: error?.failureType, cause: error && String(error.cause?.message ?? error.cause) };
    for (const key of Object.keys(shown)) if (shown[key] === undefined) delete shown[key];
    yield `${type} ${JSON.stringify(shown)}\n`;
  }
};
