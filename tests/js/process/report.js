// process.report: what the process is, as an object and as a file.
const { readFileSync, mkdtempSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const report = process.report.getReport(new TypeError('wrong'));
console.log(report.header.event, report.header.trigger, report.header.filename, report.header.processId === process.pid, report.header.nodejsVersion === process.version);
console.log(report.javascriptStack.message, report.javascriptStack.stack.length > 0, Array.isArray(report.libuv), report.resourceUsage.rss > 0);
const folder = mkdtempSync(join(require('node:os').tmpdir(), 'report-'));
process.report.directory = folder;
process.report.excludeEnv = true;
process.stderr.write = () => true;
const name = process.report.writeReport('a.json');
const written = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'));
console.log(name, written.header.trigger, written.javascriptStack.message, 'environmentVariables' in written);
for (const bad of [1, 'x']) {
  try { process.report.getReport(bad); } catch (error) { console.log(error.code, error.message); }
}
rmSync(folder, { recursive: true });
