// Headers, Request, Response and FormData as objects.
const properties = (target) => Reflect.ownKeys(target).filter((key) => !['length', 'name', 'prototype', 'attribute'].includes(key)).map((key) => {
  const own = Object.getOwnPropertyDescriptor(target, key);
  return `${String(key)} ${own.value === undefined ? 'get' : typeof own.value} ${own.enumerable} ${own.configurable}`;
});
for (const constructor of [Headers, Request, Response, FormData]) {
  console.log(constructor.name, constructor.length, properties(constructor), properties(constructor.prototype));
}

const headers = new Headers({ b: '1', a: '2', 'Set-Cookie': 'x=1' });
headers.append('set-cookie', 'y');
headers.append('a', '3');
console.log(headers, [...headers], headers.get('A'), headers.has('c'), headers.getSetCookie());
headers.set('a', ' 4 ');
headers.delete('b');
console.log(headers, Object.prototype.toString.call(headers.keys()), new Headers(headers), new Headers([['q', 'r'], ['q', 's']]));
headers.forEach((value, name, all) => console.log(name, value, all === headers));

const request = new Request('http://x/y#z', { method: 'post', body: 'a', headers: { q: '1' } });
console.log(request, [...request.headers], request.duplex, request.headers === request.headers);
console.log(new Request(request).headers.get('q'), request.bodyUsed, new Request('http://x', { method: 'put' }).method);
console.log(new Response('a', { status: 201, statusText: 'q' }), Response.error(), Response.redirect('http://x/y'), Response.json({ a: 1 }));

for (const body of ['text', new URLSearchParams('a=b'), new Blob(['q'], { type: 't/y' }), new Uint8Array(2), new ReadableStream()]) {
  const response = new Response(body);
  console.log([...response.headers], response.body);
}

(async () => {
  const form = new FormData();
  form.append('a', 'b\n"');
  form.append('f"', new File(['x'], 'n.txt', { lastModified: 0 }));
  form.append('a', 'c');
  console.log(form, form.getAll('a'), [...form.keys()], form.get('none'));
  const text = await new Response(form).text();
  console.log(text.split(text.slice(0, text.indexOf('\r\n'))));
  const back = await new Response(form).formData();
  console.log([...back].map(([name, value]) => [name, value.name ?? value]));
  form.set('a', 'only');
  form.delete('f"');
  console.log(form, await new Response(new URLSearchParams('a=1&b=2&a=3')).formData());
  console.log(await new Response(new Blob(['q'], { type: 'T/Y' })).blob(), await new Response('zz').bytes(), await new Response().arrayBuffer());
  const response = new Response('twice');
  const copy = response.clone();
  console.log(await response.text(), await copy.text(), response.bodyUsed, new Response('').bodyUsed);
  console.log(await new Response('\ufeff{"a":[1]}').json());
})();
