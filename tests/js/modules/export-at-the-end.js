// A module may end with its export list, without a semicolon or a line end.
(async () => {
  for (const text of ['const a = 1; export { a }', 'export {}', 'const a = 2; export { a as default }', "export { basename } from 'node:path'", "export * from 'node:path'"]) {
    const module = await import('data:text/javascript,' + encodeURIComponent(text));
    console.log(text, Object.keys(module).slice(0, 2));
  }
})();
