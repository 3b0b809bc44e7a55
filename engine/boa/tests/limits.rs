//! Limits: what stops a script, that nothing in it can help it, and where strings and numbers end.

use std::time::{Duration, Instant};

use boa_engine::{
    Context, Source,
    limits::{Meter, Stop},
};

use crate::check;

/// What takes for ever, in ways that differ.
const ENDLESS: &[&str] = &[
    "for (;;);",
    "try { for (;;); } finally { globalThis.ran = true }",
    "try { for (;;); } catch { globalThis.ran = true }",
    "(function f() { try { for (;;); } finally { globalThis.ran = true } })()",
    "new Array(4e9).fill(0)",
    "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "Array.prototype.sort.call({ length: 2 ** 53 - 1 })",
    "[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })",
    "/(a+)+$/.test('a'.repeat(50) + 'b')",
    "'a'.repeat(50).replace(/(a+)+b/g, 'x')",
    "let x = 3n; for (;;) x *= x",
    "7n ** 100000000n",
    "JSON.stringify({ toJSON() { for (;;); } })",
    "[...(function* () { for (;;) yield 1 })()]",
    "new Proxy({}, { get() { for (;;); } }).x",
    "[2, 1].sort(() => { for (;;); })",
];

#[test]
fn fuel_stops_everything_at_the_same_place() {
    for source in ENDLESS {
        let used: Vec<u64> = (0..2).map(|_| run_with_fuel(source, 200_000)).collect();
        assert_eq!(used[0], used[1], "{source}");
    }
}

fn run_with_fuel(source: &str, fuel: u64) -> u64 {
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_fuel(Some(fuel));
    let governs = meter.enter();
    let error = context.eval(Source::from_bytes(source)).unwrap_err();
    assert_eq!(error.stop(), Some(Stop::Fuel), "{source}: {error}");
    assert!(context.eval(Source::from_bytes("1; f(); function f() {}")).is_err(), "a stop stays in force");
    let used = meter.used();
    meter.resume();
    meter.set_fuel(None);
    drop(governs);
    assert!(!context.eval(Source::from_bytes("'ran' in globalThis")).expect("a plain look").to_boolean(), "{source}: finally ran");
    used
}

#[test]
fn another_thread_interrupts() {
    for source in ENDLESS {
        let context = &mut Context::default();
        let meter = Meter::new();
        let interrupt = meter.interrupt_handle();
        let _governs = meter.enter();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            interrupt.interrupt();
        });
        let error = context.eval(Source::from_bytes(source)).unwrap_err();
        assert_eq!(error.stop(), Some(Stop::Interrupted), "{source}: {error}");
        thread.join().expect("the other thread only asks for a stop");
    }
}

#[test]
fn time_stops_and_fuel_fills_up() {
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_time(Some(Duration::from_millis(20)));
    let _governs = meter.enter();
    let began = Instant::now();
    let error = context.eval(Source::from_bytes("for (;;);")).unwrap_err();
    assert_eq!(error.stop(), Some(Stop::Time));
    assert!(began.elapsed() < Duration::from_secs(5));
    meter.set_time(None);
    meter.set_fuel(Some(100));
    assert!(context.eval(Source::from_bytes("for (let i = 0; i < 1000; i++);")).is_err());
    meter.set_fuel(Some(100_000));
    assert!(context.eval(Source::from_bytes("for (let i = 0; i < 1000; i++);")).is_ok());
    assert!(meter.fuel_left().is_some_and(|left| left < 100_000 && left > 98_000));
}

#[test]
fn promises_are_stopped_too() {
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_fuel(Some(100_000));
    let _governs = meter.enter();
    context.eval(Source::from_bytes("(async () => { for (;;) await 1 })(); let p = Promise.resolve(); (function f() { p = p.then(f) })()")).expect("it only queues");
    assert!(context.run_jobs().is_err());
    assert_eq!(meter.stopped(), Some(Stop::Fuel));
}

#[test]
fn strings_and_numbers_end_as_in_v8() {
    check(
        |_| {},
        &[
            ("'x'.repeat(2 ** 30)", "!RangeError: Invalid string length"),
            ("'x'.repeat(-1)", "!RangeError: Invalid count value: -1"),
            ("'x'.padStart(2 ** 31)", "!RangeError: Invalid string length"),
            ("'abc'.padStart(8, '12') + 'abc'.padEnd(6)", "12121abcabc   "),
            ("let s = 'ab'; for (;;) s += s", "!RangeError: Invalid string length"),
            ("let s = 'ab'; for (;;) s = `${s}${s}`", "!RangeError: Invalid string length"),
            ("Array(2 ** 29).join('ab')", "!RangeError: Invalid string length"),
            ("const a = [1]; a.push([2, a]); a.join()", "1,2,"),
            ("2n ** (2n ** 31n)", "!RangeError: Maximum BigInt size exceeded"),
            ("(-1n) ** (2n ** 70n)", "1"),
            ("(7n ** 30000n * 7n ** 30000n) === 7n ** 60000n", "true"),
            ("((-3n) ** 5001n * 3n ** 70000n) === -(3n ** 75001n)", "true"),
            ("-5n >> 1n", "-3"),
            ("-1n >> 2n ** 70n", "-1"),
            ("1n << 2n ** 70n", "!RangeError: Maximum BigInt size exceeded"),
            ("new Array(-1)", "!RangeError: Invalid array length"),
            ("new ArrayBuffer(2 ** 53 - 1)", "!RangeError: Array buffer allocation failed"),
        ],
    );
}
