// oneof: 1 123 134

const a = []; for (;;) a.push('x'.repeat(1e6) + a.length);
