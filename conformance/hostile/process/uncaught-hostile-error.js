// exit: 1

throw new Proxy(new Error('x'), { get() { throw new Error('trap'); }, getOwnPropertyDescriptor() { throw new Error('trap'); }, getPrototypeOf() { throw new Error('trap'); }, ownKeys() { throw new Error('trap'); } });
