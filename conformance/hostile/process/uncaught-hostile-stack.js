// exit: 1

const e = new Error('m'); Object.defineProperty(e, 'stack', { get() { throw new Error('stack'); } }); Object.defineProperty(e, 'name', { get() { throw new Error('name'); } });
throw e;
