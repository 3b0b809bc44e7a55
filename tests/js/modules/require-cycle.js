import('./cycle/a.mjs').then((namespace) => console.log(namespace.a));
