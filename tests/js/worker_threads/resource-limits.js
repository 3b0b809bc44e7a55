// A worker that takes more memory than its resourceLimits allow ends alone.
const { Worker } = require('worker_threads');

const programs = {
  objects: 'const list = []; for (;;) list.push({ at: list.length });',
  strings: 'const list = []; for (;;) list.push("x".repeat(1e5).split(""));',
  'caught all the same': 'const list = []; for (;;) try { for (;;) list.push([1, 2, 3]); } catch {}',
  garbage: 'for (let i = 0; i < 50; i++) { const list = []; for (let j = 0; j < 2e4; j++) list.push({ j }); }',
};

(async () => {
  for (const [what, program] of Object.entries(programs)) {
    const worker = new Worker(program, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 } });
    await new Promise((resolve) => {
      worker.on('error', (error) => console.log(what, error.name, error.code, error.message));
      worker.on('exit', (code) => {
        console.log(what, 'ends with', code, worker.resourceLimits);
        resolve();
      });
    });
  }
})();
