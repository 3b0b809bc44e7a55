//! Packages from the npm registry, installed by name, run unmodified on coil and on Node: same output on the same input.
//!
//! Needs `npm` and `node`. Where the machine has none of them the test says so and passes, since there is nothing to compare with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// What is installed: name and version, so that a new release does not change the test.
const PACKAGES: &[&str] = &[
    "semver@7.7.2",
    "marked@15.0.12",
    "js-yaml@4.1.0",
    "minimist@1.2.8",
    "dayjs@1.11.13",
    "lodash@4.17.21",
    "ejs@3.1.10",
    "handlebars@4.7.8",
    "commander@14.0.0",
    "chalk@4.1.2",
    "async@3.2.6",
    "mime@3.0.0",
    "uuid@9.0.1",
    "uglify-js@3.19.3",
    "acorn@8.15.0",
    "debug@4.4.1",
    "glob@11.0.3",
    "rimraf@6.0.1",
    "mkdirp@3.0.1",
    "yargs@17.7.2",
    "express@4.21.2",
    "fastify@5.6.1",
    "pngjs@7.0.0",
    "socket.io@4.8.1",
    "socket.io-client@4.8.1",
    "stylus@0.64.0",
    "less@4.4.2",
    "agent-base@7.1.4",
    "jshint@2.13.6",
    "svgo@4.0.0",
    "eslint@9.37.0",
    "prettier@3.6.2",
    "gulp-cli@3.1.0",
    "pnpm@10.34.9",
    // Those below carry WebAssembly.
    "undici@7.30.2",
    "source-map@0.7.6",
    "es-module-lexer@1.7.0",
    "cjs-module-lexer@2.3.0",
    "sql.js@1.16.0",
    "hash-wasm@4.13.0",
];

/// A program per package, run by both.
const PROGRAMS: &[(&str, &str)] = &[
    ("semver", "const s = require('semver'); console.log(s.inc('1.2.3', 'minor'), s.satisfies('1.2.3', '^1.0.0'), s.sort(['2.0.0', '1.0.0-rc.1', '1.0.0']))"),
    ("marked", "console.log(require('marked').parse('# Title\\n\\n- a\\n- *b*\\n\\n```js\\nx\\n```\\n'))"),
    ("js-yaml", "const y = require('js-yaml'); const v = y.load('a: 1\\nb:\\n  - x\\n  - {c: d}\\n'); console.log(v, y.dump(v))"),
    ("minimist", "console.log(require('minimist')(['--a=1', '-bc', '--no-d', 'x', '--', 'y']))"),
    ("dayjs", "console.log(require('dayjs')('2024-02-29T12:00:00Z').add(1, 'year').toISOString())"),
    ("lodash", "const _ = require('lodash'); console.log(_.chunk([1, 2, 3, 4, 5], 2), _.merge({ a: { b: 1 } }, { a: { c: 2 } }), _.template('hi <%= n %>')({ n: 'x' }))"),
    ("ejs", "console.log(require('ejs').render('<% for (const x of xs) { %><li><%= x %></li><% } %>', { xs: ['a', '<b>'] }))"),
    ("handlebars", "console.log(require('handlebars').compile('{{#each xs}}{{this}},{{/each}}')({ xs: [1, 2, 3] }))"),
    (
        "commander",
        "const { Command } = require('commander'); const c = new Command(); c.option('-n, --name <n>').argument('<f>').action((f, o) => console.log(f, o)); c.parse(['node', 'x', '-n', 'me', 'file'])",
    ),
    ("chalk", "const c = require('chalk'); console.log(JSON.stringify(new c.Instance({ level: 1 }).red('x')))"),
    ("async", "require('async').mapLimit([3, 1, 2], 2, (n, cb) => setTimeout(cb, n, null, n * 2), (e, r) => console.log(e, r))"),
    ("mime", "console.log(require('mime').getType('a.html'), require('mime').getExtension('text/css'))"),
    ("yargs", "const y = require('yargs'); const r = y(['--n=3', 'go', '-v']).command('go', 'goes').option('v', { type: 'boolean' }).parse(); delete r.$0; console.log(r)"),
    ("debug", "const d = require('debug'); d.enable('a:*'); d.log = (...args) => console.log(args.join(' ').replace(/^\\S+ /, '')); d('a:b')('seen %d', 1); d('c')('not seen')"),
    (
        "express",
        "const express = require('express'); const app = express(); app.use(express.json()); app.post('/x', (q, r) => r.json({ got: q.body })); app.get('/h', (q, r) => r.send('hi')); const s = app.listen(0, async () => { const http = require('http'); const ask = (method, path, body) => new Promise((done) => { const q = http.request({ port: s.address().port, method, path, headers: { 'content-type': 'application/json' } }, (r) => { let t = ''; r.on('data', (c) => t += c); r.on('end', () => done([r.statusCode, r.headers.etag, t].join(' '))); }); q.end(body); }); console.log(await ask('GET', '/h')); console.log(await ask('POST', '/x', '{\"a\":1}')); console.log((await ask('GET', '/none')).slice(0, 3)); s.close(); })",
    ),
    (
        "fastify",
        "const f = require('fastify')(); f.addHook('onSend', async (q, r, p) => { r.header('Vary', 'Origin'); return p }); f.get('/', { schema: { querystring: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } } }, async (q) => ({ n: q.query.n })); f.listen({ port: 0 }).then(async () => { for (const path of ['/?n=3', '/?n=a', '/', '/none']) { const r = await fetch('http://localhost:' + f.server.address().port + path); console.log(r.status, r.headers.get('vary'), await r.text()) } await f.close() })",
    ),
    (
        "pngjs",
        "const { PNG } = require('pngjs'); const p = new PNG({ width: 9, height: 7 }); p.data.forEach((_, i) => { p.data[i] = i * 7 }); const q = PNG.sync.read(PNG.sync.write(p)); console.log(q.width, q.height, q.data.equals(p.data)); try { PNG.sync.read(Buffer.from('no')) } catch (e) { console.log(e.message) }",
    ),
    (
        "socket.io",
        "const { Server } = require('socket.io'), { io } = require('socket.io-client'); const h = require('http').createServer(); const s = new Server(h); s.on('connection', (k) => k.on('add', (a, b, then) => then(a + b))); h.listen(0, async () => { for (const transport of ['polling', 'websocket']) { const c = io('http://localhost:' + h.address().port, { transports: [transport], forceNew: true }); console.log(transport, await c.emitWithAck('add', 2, 3)); c.close() } s.close() })",
    ),
    ("stylus", "console.log(require('stylus').render('a = 2px\\nbody\\n  color darken(#369, 10%)\\n  for i in 1..2\\n    .w{i}\\n      width i * a\\n'))"),
    ("less", "require('less').render('@a: 10px; .m(@x) when (@x > 1) { w: @x * @a } .b { .m(3); c: fade(#369, 20%); .d & { e: f } }').then((r) => console.log(r.css))"),
    (
        "agent-base",
        "const { Agent } = require('agent-base'); class A extends Agent { connect(q, o) { throw new Error('secure: ' + o.secureEndpoint) } } const agent = new A(); for (const name of ['http', 'https']) require(name).get({ host: 'localhost', agent }).on('error', (e) => console.log(name, e.message))",
    ),
    ("uuid", "const u = require('uuid'); const id = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'; console.log(u.validate(id), u.version(id), u.stringify(u.parse(id)))"),
    (
        "undici",
        "const { fetch, request, Agent, setGlobalDispatcher } = require('undici'); const http = require('http'); const s = http.createServer((q, r) => { let b=''; q.on('data', c=>b+=c); q.on('end', () => { r.setHeader('x-a', q.headers['x-b'] || 'none'); r.end(q.method + ' ' + q.url + ' ' + b) }) }).listen(0, async () => { const u = 'http://localhost:' + s.address().port; const agent = new Agent(); setGlobalDispatcher(agent); const r = await request(u + '/one', { method: 'POST', body: 'hello', headers: { 'x-b': 'two' } }); console.log(r.statusCode, r.headers['x-a'], await r.body.text()); const f = await fetch(u + '/two'); console.log(f.status, f.headers.get('x-a'), await f.text()); const many = await Promise.all(Array.from({length: 50}, (_, i) => request(u + '/' + i).then(r => r.body.text()))); console.log(many.length, many[49]); await agent.close(); s.close(); });",
    ),
    (
        "source-map",
        "const { SourceMapConsumer, SourceMapGenerator } = require('source-map'); (async () => { const g = new SourceMapGenerator({ file: 'out.js' }); for (let i = 1; i < 200; i++) g.addMapping({ generated: { line: i, column: i % 7 }, original: { line: i * 2, column: 3 }, source: 'in' + i % 3 + '.js', name: 'n' + i }); await SourceMapConsumer.with(g.toString(), null, (c) => { console.log(c.originalPositionFor({ line: 10, column: 5 }), c.generatedPositionFor({ source: 'in1.js', line: 2, column: 3 })); let n = 0; c.eachMapping((m) => n += m.originalLine); console.log(n, c.sources); }); })();",
    ),
    (
        "es-module-lexer",
        "const { init, parse } = require('es-module-lexer'); init.then(() => { const [imports, exports] = parse(\"import a, {b} from 'x'; export const c = 1; import('y'); export { d as e } from './z'; import.meta.url\", 'file'); console.log(imports.map((i) => [i.n, i.s, i.e, i.d]), exports.map((e) => [e.n, e.ln])); try { parse('import from', 'bad') } catch (e) { console.log(e.message) } })",
    ),
    (
        "cjs-module-lexer",
        "const l = require('cjs-module-lexer'); (async () => { await l.init(); console.log(l.parse(\"exports.a = 1; module.exports.b = 2; Object.defineProperty(exports, 'c', { enumerable: true, value: 1 }); __exportStar(require('d'))\")); })();",
    ),
    (
        "sql.js",
        "require('sql.js')().then((SQL) => { const db = new SQL.Database(); db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, v REAL)'); const st = db.prepare('INSERT INTO t(name, v) VALUES (?, ?)'); for (let i = 0; i < 200; i++) st.run(['n' + i, i / 3]); st.free(); console.log(JSON.stringify(db.exec('SELECT count(*), sum(v), max(name) FROM t WHERE id % 3 = 0'))); db.create_function('twice', (x) => x * 2); console.log(JSON.stringify(db.exec('SELECT twice(id) FROM t LIMIT 3'))); try { db.exec('SELECT nope') } catch (e) { console.log(e.message) } console.log(db.export().length); db.close(); });",
    ),
    (
        "hash-wasm",
        "const h = require('hash-wasm'); (async () => { console.log(await h.sha256('a'), await h.md5('a'), await h.blake3('abc'), await h.xxhash64('x'), await h.crc32('x')); const s = await h.createSHA3(256); s.update('one'); s.update('two'); console.log(s.digest()); console.log(await h.argon2id({ password: 'p', salt: 'saltsalt', parallelism: 1, iterations: 2, memorySize: 64, hashLength: 16, outputType: 'hex' })); console.log(await h.bcrypt({ password: 'p', salt: new Uint8Array(16), costFactor: 4, outputType: 'hex' })) })();",
    ),
];

/// Packages' own command-line programs, run by both in the folder of the packages.
const COMMANDS: &[(&str, &[&str])] = &[
    ("semver", &["node_modules/semver/bin/semver.js", "1.2.3", "2.0.0", "-r", ">=1.5"]),
    ("marked", &["node_modules/marked/bin/marked.js", "-i", "node_modules/marked/README.md"]),
    ("js-yaml", &["node_modules/js-yaml/bin/js-yaml.js", "node_modules/js-yaml/package.json"]),
    ("uglify-js", &["node_modules/uglify-js/bin/uglifyjs", "node_modules/minimist/index.js", "-c", "-m"]),
    ("acorn", &["node_modules/acorn/bin/acorn", "node_modules/minimist/index.js"]),
    ("mkdirp", &["node_modules/mkdirp/dist/cjs/src/bin.js", "made/by/mkdirp"]),
    ("rimraf", &["node_modules/rimraf/dist/esm/bin.mjs", "made"]),
    ("mime", &["node_modules/mime/cli.js", "a.html"]),
    ("jshint", &["node_modules/jshint/bin/jshint", "node_modules/minimist/index.js"]),
    ("svgo", &["node_modules/svgo/bin/svgo.js", "-s", "<svg xmlns='http://www.w3.org/2000/svg'><g><path d='M 10.0001 20.0 L 30.5 40' fill='#ff0000'/></g></svg>", "-o", "-"]),
    (
        "eslint",
        &[
            "node_modules/eslint/bin/eslint.js",
            "--no-config-lookup",
            "--ignore-pattern",
            "!**/node_modules/",
            "--rule",
            "{semi: [2, never], eqeqeq: 2, complexity: [1, 2]}",
            "node_modules/minimist/index.js",
        ],
    ),
    // It asks for the flags of V8 in a child process that has a pipe for its standard input.
    ("gulp-cli", &["node_modules/gulp-cli/bin/gulp.js", "--version"]),
    // It freezes copies of modules' accessors.
    ("pnpm", &["node_modules/pnpm/bin/pnpm.cjs", "help", "add"]),
    ("prettier", &["node_modules/prettier/bin/prettier.cjs", "--ignore-path", "none", "--with-node-modules", "node_modules/minimist/index.js"]),
];

#[test]
fn the_programs_of_packages_print_what_they_print_on_node() {
    let Some(folder) = installed() else {
        eprintln!("no npm here: nothing was compared");
        return;
    };
    let mut failures = Vec::new();
    for (name, args) in COMMANDS {
        let run = |binary: &str| Command::new(binary).args(*args).current_dir(folder).env("NO_COLOR", "1").output().expect("it runs");
        let (ours, node) = (run(env!("CARGO_BIN_EXE_coil")), run("node"));
        if ours.stdout != node.stdout || ours.status.code() != node.status.code() {
            failures.push(format!("{name}: coil ended with {:?}, node with {:?}\n{}", ours.status.code(), node.status.code(), String::from_utf8_lossy(&ours.stderr)));
        }
    }
    // The order in which glob finds files is not told; what it finds is.
    let glob = |binary: &str| {
        let output = Command::new(binary).args(["node_modules/glob/dist/esm/bin.mjs", "node_modules/semver/**/*.js"]).current_dir(folder).output().expect("it runs");
        let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    if glob(env!("CARGO_BIN_EXE_coil")) != glob("node") {
        failures.push("glob finds other files".to_owned());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn packages_print_what_they_print_on_node() {
    let Some(folder) = installed() else {
        eprintln!("no npm here: nothing was compared");
        return;
    };
    let mut failures = Vec::new();
    for (name, program) in PROGRAMS {
        let file = folder.join(format!("{name}-test.js"));
        fs::write(&file, program).expect("the folder is writable");
        let run = |binary: &str| Command::new(binary).arg(&file).env("NO_COLOR", "1").output().expect("it runs");
        let (ours, node) = (run(env!("CARGO_BIN_EXE_coil")), run("node"));
        if ours.stdout != node.stdout || ours.status.code() != node.status.code() {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            failures.push(format!("{name}:\n coil: {}{}\n node: {}", show(&ours.stdout), show(&ours.stderr), show(&node.stdout)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The folder with the packages, made once; none without npm.
fn installed() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
            fs::create_dir_all(&folder).ok()?;
            if PACKAGES.iter().all(|package| folder.join("node_modules").join(package.split('@').next().unwrap_or_default()).exists()) {
                return Some(folder);
            }
            fs::write(folder.join("package.json"), "{\"private\":true}").ok()?;
            let done = Command::new("npm").args(["install", "--no-audit", "--no-fund"]).args(PACKAGES).current_dir(&folder).status().ok()?;
            done.success().then_some(folder)
        })
        .as_ref()
}
