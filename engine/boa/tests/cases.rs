//! Runs the files of `cases/`: each case is JavaScript, then `//=> what its value looks like` or `//!! Name: message` of what it throws.
//!
//! The expectations are Node 25's. `//!! Name` alone leaves the message open. A comment line before a case says what it is about.
//! Work that ends later (promises) leaves its result in the global `late`.

use std::rc::Rc;

use boa_engine::{Context, Source, context::HostHooks, js_string};

macro_rules! topics {
    ($($topic:ident),+ $(,)?) => {
        $(#[test] fn $topic() { run(stringify!($topic), include_str!(concat!("cases/", stringify!($topic), ".js"))); })+
    };
}

topics! { appended_strings, appending, array_iteration, async_calls, byte_texts, calls, changing_accessors, collections, dates, eval_names, functions_of_texts, inline_caches, json, locale, names_as_keywords, nested_arrows, operand_order, own_iterators, own_names, plain_copies, private_members, regexp, script_names, sort, source_text, splicing, string_slices, super_tails, using_identifier, var_beside_parameter, weak_symbols }

fn run(topic: &'static str, file: &'static str) {
    let failures = on_javascript_thread(move || cases(file).into_iter().filter_map(failure).collect::<Vec<_>>());
    assert!(failures.is_empty(), "{topic}: {} failed\n{}", failures.len(), failures.join("\n"));
}

/// Source and expectation of each case.
fn cases(file: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut source = String::new();
    for line in file.lines() {
        let expected = line.strip_prefix("//=>").map(|value| value.trim().to_owned());
        let expected = expected.or_else(|| line.strip_prefix("//!!").map(|thrown| format!("!! {}", thrown.trim())));
        match expected {
            Some(expected) => found.push((std::mem::take(&mut source), expected)),
            None => {
                source.push_str(line);
                source.push('\n');
            }
        }
    }
    assert!(source.trim().is_empty(), "a case without an expectation: {source}");
    found
}

fn failure((source, expected): (String, String)) -> Option<String> {
    let got = shown(&source).replace('\n', "\\n");
    let open_message = expected.starts_with("!! ") && !expected.contains(':');
    let same = if open_message { got.starts_with(&expected) } else { got.trim() == expected };
    (!same).then(|| format!("{}\n  expected {expected}\n  got      {got}", source.trim()))
}

/// The expectations were recorded where the clock shows UTC.
struct InUtc;

impl HostHooks for InUtc {
    fn local_timezone_offset_seconds(&self, _: i64) -> i32 {
        0
    }
}

/// Runs `source` as a script in a new context and gives what a reader would see: the value as a string, or `!! Name: message`.
fn shown(source: &str) -> String {
    let mut cx = Context::builder().host_hooks(Rc::new(InUtc)).build().expect("a context can be made");
    cx.runtime_limits_mut().set_recursion_limit(10_000);
    cx.runtime_limits_mut().set_stack_size_limit(1_000_000);
    let outcome = cx.eval(Source::from_bytes(source)).and_then(|value| {
        cx.run_jobs()?;
        let late = cx.global_object().get(js_string!("late"), &mut cx)?;
        Ok(if late.is_undefined() { value } else { late })
    });
    match outcome {
        Ok(value) if value.is_symbol() => value.display().to_string(),
        Ok(value) => crate::text(&value, &mut cx),
        Err(thrown) => match thrown.into_opaque(&mut cx) {
            Ok(value) => format!("!! {}", crate::text(&value, &mut cx)),
            Err(limit) => format!("!! {limit}"),
        },
    }
}

/// Runs `work` where JavaScript runs in the product: on a thread with a stack of 256 MB.
pub fn on_javascript_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(work).expect("a thread can be had");
    thread.join().expect("the work does not panic")
}
