//! The limits of a runtime as a library sees them: what ended it, how much it used, and that a panic ends no more than the runtime.

use std::time::{Duration, Instant};

use coil::{JsValue, Limit, Outcome, Runtime};

#[test]
fn fuel_ends_a_runtime_at_the_same_place_every_time() {
    let used = || {
        let mut runtime = Runtime::builder().fuel(100_000).build().expect("a runtime");
        let error = runtime.eval("let n = 0; try { for (;;) n++ } finally { globalThis.ran = true }").expect_err("endless");
        assert_eq!(error.limit(), Some(Limit::Fuel));
        assert!(runtime.eval("1 + 1; (() => 1)()").is_err(), "it stays stopped");
        match runtime.outcome() {
            Outcome::Stopped { limit: Limit::Fuel, usage } => usage.fuel,
            other => panic!("{other:?}"),
        }
    };
    coil::with_stack(move || assert_eq!(used(), used()));
}

#[test]
fn time_ends_what_runs_and_what_waits() {
    coil::with_stack(|| {
        for text in ["for (;;);", "setInterval(() => {}, 1e6)", "(async () => { for (;;) await 1 })()", "process.on('exit', () => { for (;;); })"] {
            let mut runtime = Runtime::builder().time_limit(Duration::from_millis(50)).build().expect("a runtime");
            let began = Instant::now();
            // An endless script fails here already, a waiting one does not.
            let _ = runtime.eval(text);
            assert_eq!(runtime.run(), 124, "{text}");
            assert!(matches!(runtime.outcome(), Outcome::Stopped { limit: Limit::Time, .. }), "{text}");
            assert!(began.elapsed() < Duration::from_secs(20), "{text}");
        }
    });
}

#[test]
fn another_thread_interrupts() {
    coil::with_stack(|| {
        for text in ["for (;;);", "setInterval(() => {}, 1e6)", "/(a+)+$/.test('a'.repeat(50) + 'b')"] {
            let mut runtime = Runtime::builder().build().expect("a runtime");
            let handle = runtime.interrupt_handle();
            let thread = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(30));
                handle.interrupt();
            });
            let _ = runtime.eval(text);
            assert_eq!(runtime.run(), 121, "{text}");
            assert!(matches!(runtime.outcome(), Outcome::Stopped { limit: Limit::Interrupted, .. }), "{text}");
            thread.join().expect("it only sleeps");
        }
    });
}

#[test]
fn a_panic_breaks_the_runtime_and_nothing_else() {
    coil::with_stack(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime");
        runtime.function("fail", 0, |_, _| panic!("a bug in the host")).expect("a function");
        assert!(runtime.eval("try { fail() } finally { 1 }").is_err());
        assert_eq!(runtime.outcome(), Outcome::Broken { message: "a bug in the host".into() });
        assert!(runtime.eval("1").is_err());
        assert_eq!(runtime.run(), 70);
        let mut other = Runtime::builder().build().expect("a runtime");
        assert_eq!(other.eval("20 + 22").ok(), Some(JsValue::from(42)));
        assert_eq!(other.run(), 0);
    });
}

#[test]
fn a_memory_limit_needs_an_allocator_that_counts() {
    coil::with_stack(|| assert!(Runtime::builder().memory_limit(1 << 20).build().is_err()));
}

/// Something of everything that calls a script back from Rust.
const PROGRAM: &str = r#"
    const require = process.getBuiltinModule;
    const [assert, async_hooks, events, fs, http, readline, stream, util, vm, zlib] =
      ['assert', 'async_hooks', 'events', 'fs', 'http', 'readline', 'stream', 'util', 'vm', 'zlib'].map(require);
    process.on('exit', () => util.inspect(process.versions));
    new async_hooks.AsyncLocalStorage().run(1, async () => {
      await import('data:text/javascript,export const x = await 1; export default import.meta.url');
      await import('none').catch((error) => util.inspect(error));
      try { assert.deepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 3]])] }); } catch (error) { util.inspect(error); }
      vm.runInNewContext('class A {} new A(); [1, 2].map((x) => x * 2)', { console });
      const server = http.createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        response.setHeader('x', ['1', '2']);
        response.end(zlib.gzipSync(JSON.stringify({ body, headers: request.headers })));
      });
      await new Promise((done) => server.listen(0, '127.0.0.1', done));
      const answer = await fetch('http://127.0.0.1:' + server.address().port, { method: 'POST', body: new Blob(['hello', 'x'.repeat(9999)]) });
      zlib.gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
      server.close();
      server.closeAllConnections();
      const upper = new stream.Transform({ transform: (chunk, _, done) => done(null, chunk.toString().toUpperCase()) });
      await stream.promises.pipeline(stream.Readable.from(['a', 'b']), zlib.createDeflate(), zlib.createInflate(), upper, new stream.PassThrough().resume());
      for await (const line of readline.createInterface({ input: stream.Readable.from(['a\nb\n']) })) line.length;
      const emitter = new events.EventEmitter({ captureRejections: true });
      emitter.on('error', () => {});
      emitter.on('x', async () => { throw new Error('y'); });
      emitter.emit('x');
      for await (const part of new ReadableStream({ start(c) { c.enqueue('a'); c.close(); } }).pipeThrough(new TextEncoderStream())) part.length;
      structuredClone(new Map([[{}, new Date()]]));
      new URL('http://a/b?c=d#e').searchParams.append('x', 'y');
      new Intl.NumberFormat('en').format(12345.678);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 1);
      await require('timers/promises').setTimeout(1000, null, { signal: abort.signal }).catch(() => {});
      await fs.promises.readdir('.');
      globalThis.done = true;
    });
"#;

#[test]
fn a_runtime_can_be_stopped_anywhere() {
    coil::with_stack(|| {
        for fuel in (0..).step_by(41) {
            let mut runtime = Runtime::builder().fuel(fuel).build().expect("a runtime");
            let _ = runtime.eval(PROGRAM);
            runtime.run();
            match runtime.outcome() {
                Outcome::Stopped { limit: Limit::Fuel, .. } => {}
                Outcome::Running { exit_code, .. } => {
                    assert_eq!(exit_code.unwrap_or(0), 0);
                    assert!(fuel > 1000, "the program does not end before its work is done");
                    break;
                }
                other => panic!("{fuel} units: {other:?}"),
            }
        }
    });
}

#[test]
fn a_stop_that_nobody_passes_on_ends_the_runtime() {
    coil::with_stack(|| {
        let mut runtime = Runtime::builder().fuel(1000).build().expect("a runtime");
        runtime.eval("setInterval(() => {}, 1e6)").expect("it is scheduled");
        runtime.host().event_loop().remote().post(|cx| drop(cx.eval(boa_engine::Source::from_bytes("for (;;);"))));
        assert_eq!(runtime.run(), 122);
    });
}
