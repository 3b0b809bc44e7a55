//! Flags of Node's that built-ins look up themselves: what stands in `process.execArgv`, and in NODE_OPTIONS before it.

use boa_engine::Context;
use coil_engine::{Host, launch::Launch};

/// The words of NODE_OPTIONS and of the command line before the program, in the order in which they count.
fn words(cx: &Context) -> Vec<String> {
    let host = Host::of(cx);
    let mut words: Vec<String> = host.env("NODE_OPTIONS").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    words.extend(host.state::<Launch>().exec_argv.borrow().iter().cloned());
    words
}

/// The value of a flag, the last one given: `--name=value` or `--name value`.
pub fn value(name: &str, cx: &Context) -> Option<String> {
    let mut found = None;
    let mut words = words(cx).into_iter().peekable();
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((given, value)) if given == name => found = Some(value.to_owned()),
            None if word == name => found = words.next_if(|value| !value.starts_with('-')).or(found),
            _ => {}
        }
    }
    found
}

/// The value of a flag as a number.
pub fn number(name: &str, cx: &Context) -> Option<f64> {
    value(name, cx)?.parse().ok()
}

/// Whether a switch is on: `--name`, not undone by a later `--no-name`. `None`: it was not given.
pub fn switch(name: &str, cx: &Context) -> Option<bool> {
    let on = format!("--{name}");
    let off = format!("--no-{name}");
    words(cx).iter().rev().find_map(|word| if *word == on { Some(true) } else { (*word == off).then_some(false) })
}
