//! A script that is stopped anywhere ends with that, and with nothing else: no panic, no error of the script's own.

use std::{panic::AssertUnwindSafe, rc::Rc};

use boa_engine::{
    Context, JsResult, Module, Script, Source,
    limits::{Meter, Stop},
    module::MapModuleLoader,
};

/// Programs whose every step may be the last one.
const PROGRAMS: &[&str] = &[
    "const seen = []; for (const specifier of ['a', 'b', 'none']) import(specifier).then((found) => seen.push(found.x), (error) => seen.push(error));
     import.source('a').catch(() => {}); import.defer('a').catch(() => {}); import({ toString() { throw 1 } }).catch(() => {});",
    "(async () => { for await (const x of (async function* () { yield* [1, Promise.resolve(2)]; await null; yield 3 })()) await x;
     await Promise.all([1, Promise.reject(2).catch(() => 3)]); await Promise.any([Promise.reject(1)]).catch(() => {}); await new Promise((done) => done({ then(f) { f() } })) })()",
    "class A { #p = 1; static s = 2; x = this.#p; get y() { return this.#p } set y(v) { this.#p = v } static { this.z = 1 } *[Symbol.iterator]() { yield 1; try { yield 2 } finally { this.y = 3 } } }
     class B extends A { constructor(...all) { super(...all); this.all = [...this, ...all] } get [Symbol.toStringTag]() { return 'B' } } for (let i = 0; i < 9; i++) String(new B(i, { ...new A() }))",
    "const m = new Map([[1, { a: [1, 2.5, 'x'] }]]); const s = new Set(m.keys()); s.union(new Set([2])); JSON.parse(JSON.stringify([...m, ...s]), (k, v) => v);
     'a-b-c'.split('-').map((x) => x.padStart(9).replace(/ +/g, (y) => y.length)).sort((a, b) => a < b ? 1 : -1).concat([1, [2]]).flat().reverse().splice(1, 2, ...'xyz');
     new Proxy({}, { get: (t, k) => k, has: () => true, ownKeys: () => ['a'] }); Object.entries({ a: 1, get b() { return 2 } }); structured`a${1}b`; function structured(strings, ...values) { return strings.raw.concat(values) }",
    "const { a, b: [c, ...d], ...e } = { a: 1, b: new Uint8Array(9).map((_, i) => i), f: 1n ** 9n, g: new Date(0).toISOString() }; label: for (const x in { a, c, d }) for (;;) continue label;
     try { null.x } catch ({ message, stack }) { eval('var q = message + stack.length') } finally { new Function('{ a }', 'return a')({ a }) }
     const r = new WeakRef({}); r.deref(); Array.from({ length: 9 }, (_, i) => i).toSorted().with(0, 1).findLast((x) => x > 2); Reflect.construct(Date, [0], class extends Date {}); { using z = { [Symbol.dispose]() {} }; }",
];

#[test]
fn every_step_can_be_the_last() {
    std::thread::Builder::new().stack_size(256 << 20).spawn(sweep).unwrap().join().unwrap();
}

fn sweep() {
    let failures: Vec<String> = PROGRAMS.iter().flat_map(|program| failures_of(program)).collect();
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}

/// What went wrong with which amounts of fuel, until there is enough.
fn failures_of(program: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let mut fuel = 0;
    loop {
        let what = match std::panic::catch_unwind(AssertUnwindSafe(|| stopped(program, fuel))) {
            Ok(Ok(true)) => return failures,
            Ok(Ok(false)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("a panic".to_owned()),
        };
        failures.extend(what.map(|what| format!("{fuel} units: {what}, in {program}")));
        // The first steps one by one, then in steps that share no factor with what loops cost.
        fuel += if fuel < 300 { 1 } else { 61 };
        if fuel > 200_000 {
            failures.push(format!("it does not end: {program}"));
            return failures;
        }
    }
}

/// Runs the program with so much fuel; whether that was enough.
fn stopped(program: &str, fuel: u64) -> JsResult<bool> {
    let loader = Rc::new(MapModuleLoader::new());
    let mut context = Context::builder().module_loader(loader.clone()).build()?;
    for (name, text) in [("a", "export let x = 1; export default class {}"), ("b", "export * from 'a'; export const x = await 2; import.meta;")] {
        let module = Module::parse(Source::from_bytes(text), None, &mut context)?;
        loader.insert(name, module);
    }
    let script = Script::parse(Source::from_bytes(program), None, &mut context)?;
    let meter = Meter::new();
    meter.set_fuel(Some(fuel));
    let _governs = meter.enter();
    let ended = script.evaluate(&mut context).map(drop).and_then(|()| context.run_jobs());
    match ended {
        Ok(()) => Ok(meter.stopped().is_none()),
        Err(error) if error.stop() == Some(Stop::Fuel) => Ok(false),
        Err(error) => Err(error),
    }
}
