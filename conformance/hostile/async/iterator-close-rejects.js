// out: return
// out: body
// out: el
// out: TypeError

(async () => {
  const it = { [Symbol.asyncIterator]() { return { next: async () => ({ value: 1, done: false }), return: async () => { throw new Error('return'); } }; } };
  try { for await (const x of it) break; } catch (e) { console.log(e.message); }
  try { for await (const x of it) throw new Error('body'); } catch (e) { console.log(e.message); }
  try { for await (const x of [Promise.reject(new Error('el'))]) ; } catch (e) { console.log(e.message); }
  try { for await (const x of { [Symbol.asyncIterator]() { return { next: () => 5 }; } }) ; } catch (e) { console.log(e.name); }
})();
