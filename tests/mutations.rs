//! Damaged text for the parser, for regular expressions and for JSON: nothing panics, nothing runs on.
//!
//! The texts come from a fixed sequence: every run tries the same. `MUTATIONS=100000` tries more of them, `MUTATIONS_FROM=100000` others.

use boa_engine::{
    Context, Source, js_string,
    limits::{Meter, Stop},
};

/// What is damaged: between them they use most of the grammar.
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
];

const PATTERNS: &[&str] = &[
    "(?<year>\\d{4})-(?<m>\\d\\d)\\k<year>|^$",
    "(?:a+)+b*?(?=c)(?!d)(?<=e)(?<!f)[^\\w\\s-z]",
    "[\\u{1F600}-\\u{1F64F}]\\p{L}+\\P{Lu}",
    "((a|b)|(c)(d(e)?)*){2,5}\\1\\2",
    "(?i:a)(?-i:b)[[a-z]--[aeiou]][\\q{abc|d}]",
    "\\cA\\x41\\0[\\b]\\B\\W.{3}?(x{0,}){,5}",
];

const TEXTS: &[&str] = &[r#"{"a": [1, -2.5e10, true, null, {"b": "\u0041\n\"", "__proto__": {}}], "": []}"#, r#"[[[[[]]]], {"a": {"a": {"a": 1}}}, "é\ud83d\ude00", 1e-400, 12345678901234567890]"#];

/// xorshift64*: the same on every machine.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    /// One text of `texts`, with up to six places damaged.
    fn damaged(&mut self, texts: &[&str]) -> String {
        let mut text: Vec<char> = texts[self.next(texts.len())].chars().collect();
        for _ in 0..=self.next(6) {
            let at = self.next(text.len());
            let other: Vec<char> = texts[self.next(texts.len())].chars().collect();
            let from = self.next(other.len());
            let piece = &other[from..(from + self.next(12)).min(other.len())];
            match self.next(6) {
                0 => drop(text.splice(at..at, piece.iter().copied())),
                1 => drop(text.drain(at..(at + self.next(10)).min(text.len()))),
                2 if at < text.len() => text[at] = ODD[self.next(ODD.len())],
                3 => text.insert(at, ODD[self.next(ODD.len())]),
                4 => text.truncate(at),
                _ => {
                    let again: Vec<char> = text[at..(at + self.next(30)).min(text.len())].to_vec();
                    let times = self.next(4);
                    for _ in 0..times {
                        text.splice(at..at, again.iter().copied());
                    }
                }
            }
        }
        text.into_iter().collect()
    }
}

const ODD: &[char] = &[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '\\',
    '/',
    '`',
    '$',
    '\'',
    '"',
    '\0',
    '\u{2028}',
    '\u{FEFF}',
    '\u{1F600}',
    '#',
    '@',
    '?',
    ':',
    ',',
    ';',
    '=',
    '>',
    '<',
    '!',
    '*',
    '-',
    '+',
    '.',
    '0',
    '9',
    'e',
    'n',
    'u',
    '\n',
    '|',
    '^',
    '&',
    '~',
    '%',
];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Enough for every source that is not endless.
const FUEL: u64 = 200_000;

#[test]
fn damaged_text_neither_panics_nor_runs_on() {
    coil::with_stack(|| {
        let (from, count) = (number("MUTATIONS_FROM", 0), number("MUTATIONS", 3000));
        for round in from..from + count {
            let mut sequence = Sequence((round + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let kind = round % 3;
            let text = sequence.damaged([SOURCES, PATTERNS, TEXTS][kind as usize]);
            let tried = std::panic::catch_unwind(|| attempt(kind, &text));
            assert!(tried.is_ok(), "round {round} panics on: {text}");
        }
    });
}

fn attempt(kind: u64, text: &str) {
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_fuel(Some(FUEL));
    let _governs = meter.enter();
    let result = match kind {
        0 => context.eval(Source::from_bytes(text)),
        1 => {
            let global = context.global_object();
            global.set(js_string!("pattern"), js_string!(text), false, context).expect("the global object takes properties");
            context.eval(Source::from_bytes("for (const flags of ['', 'i', 'u', 'v', 'gm', 'sy']) { try { new RegExp(pattern, flags).exec('aaabcd-2024é\\u{1F600}'.repeat(5)) } catch (e) { if (!(e instanceof SyntaxError || e instanceof RangeError)) throw e } }"))
        }
        _ => {
            let global = context.global_object();
            global.set(js_string!("text"), js_string!(text), false, context).expect("the global object takes properties");
            context.eval(Source::from_bytes(
                "let v; try { v = JSON.parse(text, (k, v) => v) } catch (e) { if (!(e instanceof SyntaxError)) throw e } if (v !== undefined) JSON.parse(JSON.stringify(v, null, 2))",
            ))
        }
    };
    // Jobs may be stopped as well; what counts is that they come back.
    let jobs = context.run_jobs();
    let stopped = result.as_ref().err().and_then(boa_engine::JsError::stop);
    assert!(matches!(stopped, None | Some(Stop::Fuel)), "{text}");
    if kind > 0 {
        assert!(result.is_ok() || stopped.is_some(), "{text}: {}", result.err().map(|error| error.to_string()).unwrap_or_default());
    }
    drop(jobs);
}
