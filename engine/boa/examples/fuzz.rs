//! Damaged texts for the parser, regular expressions and JSON, by a fixed sequence: round 4711 is the same text on every machine.
//!
//! `cargo run --profile fast -p coil-boa --example fuzz -- parser 0 1000000 tests/js` tries the first million, made of the seeds below and
//! of the files of a folder. A panic, or a value that is not what it must be, ends the run with the round and the text; what takes the
//! whole process down is between the last round that was reported and the next.

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
};

use boa_engine::{
    Context, JsError, JsResult, JsValue, Module, Script, Source, js_string,
    limits::{Meter, Stop},
};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let kind = match args.next().as_deref() {
        Some("parser") => Kind::Parser,
        Some("regexp") => Kind::RegExp,
        Some("json") => Kind::Json,
        _ => {
            eprintln!("fuzz parser|regexp|json [FROM [COUNT [FOLDER...]]]");
            return ExitCode::from(2);
        }
    };
    let mut number = |default| args.next().map_or(Ok(default), |text| text.parse::<u64>());
    let (Ok(from), Ok(count)) = (number(0), number(1_000_000)) else { return ExitCode::from(2) };
    let folders: Vec<String> = args.collect();
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(move || run(kind, from, count, &folders));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Parser,
    RegExp,
    Json,
}

fn run(kind: Kind, from: u64, count: u64, folders: &[String]) -> bool {
    let seeds = seeds(kind, folders);
    println!("{} seeds", seeds.len());
    let Ok(mut target) = Target::new(kind) else { return false };
    for round in from..from + count {
        // A context lives for some rounds: programs leave things behind that others meet.
        if (round - from) % ROUNDS_OF_A_CONTEXT == 0 {
            let Ok(fresh) = Target::new(kind) else { return false };
            target = fresh;
        }
        if (round - from) % REPORT == 0 {
            println!("round {round}");
            drop(std::io::stdout().flush());
        }
        let text = Sequence::new(round).damaged(&seeds);
        match catch_unwind(AssertUnwindSafe(|| target.attempt(kind, &text))) {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => {
                println!("round {round}: {problem}: {text:?}");
                return false;
            }
            Err(_) => {
                println!("round {round} panics: {text:?}");
                return false;
            }
        }
    }
    println!("{count} rounds clean");
    true
}

const ROUNDS_OF_A_CONTEXT: u64 = 500;
const REPORT: u64 = 20_000;
/// Enough to get through a text of this size.
const FUEL: u64 = 20_000;

/// What the texts are fed to.
struct Target {
    context: Context,
    /// Checks one text, where it is no program itself.
    check: JsValue,
}

impl Target {
    fn new(kind: Kind) -> JsResult<Self> {
        let mut context = Context::default();
        context.runtime_limits_mut().set_recursion_limit(2_000);
        let check = match kind {
            Kind::Parser => JsValue::undefined(),
            Kind::RegExp => context.eval(Source::from_bytes(REGEXP))?,
            Kind::Json => context.eval(Source::from_bytes(JSON))?,
        };
        Ok(Self { context, check })
    }

    fn attempt(&mut self, kind: Kind, text: &str) -> Result<(), String> {
        let meter = Meter::new();
        meter.set_fuel(Some(FUEL));
        let _governs = meter.enter();
        match kind {
            Kind::Parser => {
                if let Ok(script) = Script::parse(Source::from_bytes(text), None, &mut self.context) {
                    plausible(&script.evaluate(&mut self.context))?;
                    drop(self.context.run_jobs());
                }
                drop(Module::parse(Source::from_bytes(text), None, &mut self.context));
                Ok(())
            }
            Kind::RegExp => {
                let (pattern, subject) = text.split_once('\0').unwrap_or((text, "aaabcd-2024\u{e9}\u{1F600}"));
                self.must_be_true(&[pattern, subject])
            }
            Kind::Json => self.must_be_true(&[text]),
        }
    }

    fn must_be_true(&mut self, texts: &[&str]) -> Result<(), String> {
        let args: Vec<JsValue> = texts.iter().map(|text| js_string!(*text).into()).collect();
        let Some(check) = self.check.as_callable() else { return Err("there is no check".to_owned()) };
        match check.call(&JsValue::undefined(), &args, &mut self.context) {
            Ok(value) if value.to_boolean() => Ok(()),
            Err(error) if error.stop() == Some(Stop::Fuel) => Ok(()),
            Ok(_) => Err("not as it must be".to_owned()),
            Err(error) => Err(shown(&error, &mut self.context)),
        }
    }
}

/// Errors are as good as values, but for those that mean the engine is broken.
fn plausible(outcome: &JsResult<JsValue>) -> Result<(), String> {
    match outcome {
        Err(error) if error.as_engine().is_some() && !matches!(error.stop(), Some(Stop::Fuel)) => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn shown(error: &JsError, context: &mut Context) -> String {
    error.clone().into_opaque(context).map_or_else(|error| error.to_string(), |value| value.display().to_string())
}

/// A pattern is refused by a SyntaxError only, and a match lies in the text, where it says.
const REGEXP: &str = r"((pattern, subject) => {
    for (const flags of ['', 'i', 'u', 'v', 'gm', 'siy', 'dv'])
        try {
            const found = new RegExp(pattern, flags).exec(subject);
            if (found && subject.substr(found.index, found[0].length) !== found[0]) return false;
        } catch (error) {
            if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
        }
    return true;
})";

/// What a text parses to survives being written and read again.
const JSON: &str = r"((text) => {
    let value;
    try { value = JSON.parse(text) } catch (error) { if (error instanceof SyntaxError) return true; throw error }
    const written = JSON.stringify(value), again = JSON.stringify(JSON.parse(written));
    return written === again && JSON.stringify(JSON.parse(JSON.stringify(value, null, 1))) === written;
})";

fn seeds(kind: Kind, folders: &[String]) -> Vec<Vec<char>> {
    let own = match kind {
        Kind::Parser => SOURCES,
        Kind::RegExp => PATTERNS,
        Kind::Json => TEXTS,
    };
    let mut seeds: Vec<Vec<char>> = own.iter().map(|text| text.chars().collect()).collect();
    for folder in folders {
        collect(Path::new(folder), &mut seeds);
    }
    seeds
}

/// The files of a folder, but for long ones, in the order of their names.
fn collect(folder: &Path, seeds: &mut Vec<Vec<char>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seeds);
        } else if path.extension().is_some_and(|end| end == "js" || end == "mjs" || end == "json")
            && let Ok(text) = std::fs::read_to_string(&path)
            && text.len() < LONG
        {
            seeds.push(text.chars().collect());
        }
    }
}

const LONG: usize = 3000;

/// xorshift64*: the same on every machine.
struct Sequence(u64);

impl Sequence {
    fn new(round: u64) -> Self {
        Self((round + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    /// One of the seeds, with up to eight places damaged.
    fn damaged(&mut self, seeds: &[Vec<char>]) -> String {
        let mut text = seeds[self.next(seeds.len())].clone();
        for _ in 0..=self.next(8) {
            let at = self.next(text.len());
            let other = &seeds[self.next(seeds.len())];
            let from = self.next(other.len());
            let piece = &other[from..(from + self.next(20)).min(other.len())];
            match self.next(7) {
                0 | 1 => drop(text.splice(at..at, piece.iter().copied())),
                2 => drop(text.drain(at..(at + self.next(10)).min(text.len()))),
                3 if at < text.len() => text[at] = ODD[self.next(ODD.len())],
                4 => text.insert(at, ODD[self.next(ODD.len())]),
                5 => text.truncate(at),
                _ => {
                    let again: Vec<char> = text[at..(at + self.next(30)).min(text.len())].to_vec();
                    for _ in 0..self.next(4) {
                        text.splice(at..at, again.iter().copied());
                    }
                }
            }
        }
        text.into_iter().collect()
    }
}

const ODD: &[char] = &[
    '(', ')', '[', ']', '{', '}', '\\', '/', '`', '$', '\'', '"', '\0', '\u{2028}', '\u{FEFF}', '\u{1F600}', '#', '@', '?', ':', ',', ';', '=', '>', '<', '!', '*', '-', '+', '.', '0', '9', 'e', 'n',
    'u', '\n', '|', '^', '&', '~', '%',
];

const SOURCES: &[&str] = &[
    "class A extends B { static #x = 1; get y() { return this.#x } static { super.z } async *[Symbol.iterator]() { yield* await 1 } }",
    "for (const [a, { b = 1, ...c }] of [[1, { d: 2 }]]) { label: while (a) { if (b) continue label; else break } }",
    "async function f(x = 1, ...y) { try { await x?.y?.[0] ?? 5 } catch { throw `a${x}b${`c${1}`}` } finally { return } }",
    "switch (1) { case 1: let q = 0b101n ** 2n; default: var { [q]: w } = { 5: 6 } }",
    "a => ({ ...a, get b() { return 1 }, set b(v) {}, 'c': 1, 2: 3, [4]: 5, async d() {}, *e() {}, async *f() {} })",
    "do x = y ? z : (1, 2, /[/\\]]+(?<n>a)\\k<n>/giu.test('\\u{61}\\x62\\n')); while (x++ < --y)",
    "with ({}) eval('1'); function* g() { const x = yield; return new.target } delete a.b, void 0, typeof c, !d, ~e, -f, +g",
    "x = function n(a, b) { 'use strict'; return arguments.length + a['b'].c(d)(e)`f` }, y ||= 1, z &&= 2, w ??= 3, v >>>= 4",
    "let using = 1; label: { break label } if (a) function f() {} else ; try { } catch ({ message }) { } <!-- comment",
    "import a, { b as c, 'd' as e } from 'f' with { type: 'json' }; export default class {} export * as g from 'h'; import('i'); import.meta.url",
    "{ using a = b; await using c = d; for await (using e of f) ; } async (g, h = await) => h; async x => await x; async\n(1)",
    "var s = new Set([1, 2, 3]); s.forEach(x => { s.clear(); s.add(x + 1) }); new Map([[1, 2]]).groupBy; [3, 1, 2].toSorted().with(0, 1).at(-1)",
];

const PATTERNS: &[&str] = &[
    "(?<year>\\d{4})-(?<m>\\d\\d)\\k<year>|^$\0 2024-01-2024",
    "(?:a+)+b*?(?=c)(?!d)(?<=e)(?<!f)[^\\w\\s-z]",
    "[\\u{1F600}-\\u{1F64F}]\\p{L}+\\P{Lu}",
    "((a|b)|(c)(d(e)?)*){2,5}\\1\\2\0abcdeabcde",
    "(?i:a)(?-i:b)[[a-z]--[aeiou]][\\q{abc|d}]",
    "\\cA\\x41\\0[\\b]\\B\\W.{3}?(x{0,}){,5}",
    "(?<a>x)|(?<a>y)\\k<a>\0xyyx",
    "(?<=\\1(a+))b|(?<![^b])c*?$\0aaabc",
    "[\\p{ASCII}&&\\p{Lu}--[A-C]]+\\b{2}|\\p{RGI_Emoji}",
];

const TEXTS: &[&str] = &[
    r#"{"a": [1, -2.5e10, true, null, {"b": "\u0041\n\"", "__proto__": {}}], "": []}"#,
    r#"[[[[[]]]], {"a": {"a": {"a": 1}}}, "é\ud83d\ude00", 1e-400, 12345678901234567890]"#,
    r#"{"1": 1, "01": 2, "-0": -0, "4294967295": [0.1, 1E+5, 5e-324], "x": "\u2028\u0000\\/\b\f\r\t", "\ud800": "\udfff"}"#,
    "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,{},{\"k\":false}]",
];
