//! `--trace-loop`: what the loop's observer saw, as Chrome trace JSON (about:tracing, Perfetto).
//!
//! One lane for the loop (turns, phases, waits, callbacks) and one per worker of the pool. What was queued points to what ran by flow
//! arrows, so that a callback shows where it came from.
//!
//! Format: <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.

use std::{cell::RefCell, fmt::Write};

use coil_loop::{Event, Item, Observer, What};

/// Gathers events until [`Trace::to_json`].
#[derive(Default)]
pub struct Trace {
    events: RefCell<Vec<Event>>,
}

impl Observer for Trace {
    fn event(&self, event: Event) {
        let mut events = self.events.borrow_mut();
        if events.len() < EVENTS_MAX {
            events.push(event);
        }
    }
}

/// About 100 MB of JSON: what a viewer still opens.
const EVENTS_MAX: usize = 1_000_000;

impl Trace {
    /// The trace as one JSON object.
    pub fn to_json(&self) -> String {
        let events = self.events.borrow();
        let mut out = String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
        let mut workers: Vec<usize> = Vec::new();
        row(&mut out, "M", LOOP_LANE, 0, "thread_name", r#","args":{"name":"event loop"}"#);
        for event in events.iter() {
            if let What::SlotBegin { worker, .. } = event.what
                && !workers.contains(&worker)
            {
                workers.push(worker);
                row(&mut out, "M", lane(worker), 0, "thread_name", &format!(r#","args":{{"name":"pool worker {worker}"}}"#));
            }
            write_event(&mut out, event);
        }
        out.truncate(out.trim_end_matches([',', '\n']).len());
        out.push_str("\n]}\n");
        out
    }
}

const LOOP_LANE: usize = 1;

fn lane(worker: usize) -> usize {
    worker + 2
}

fn write_event(out: &mut String, event: &Event) {
    let at = event.at_ns;
    match event.what {
        What::TurnBegin { turn } => row(out, "B", LOOP_LANE, at, &format!("turn {turn}"), r#","cat":"turn""#),
        What::TurnEnd { turn } => row(out, "E", LOOP_LANE, at, &format!("turn {turn}"), ""),
        What::PhaseBegin(phase) => row(out, "B", LOOP_LANE, at, &format!("{phase:?}").to_lowercase(), r#","cat":"phase""#),
        What::PhaseEnd(phase) => row(out, "E", LOOP_LANE, at, &format!("{phase:?}").to_lowercase(), ""),
        What::WaitBegin { timeout_ms } => {
            let timeout = timeout_ms.map_or_else(|| "\"for ever\"".to_owned(), |ms| ms.to_string());
            row(out, "B", LOOP_LANE, at, "wait", &format!(r#","cat":"wait","args":{{"timeout_ms":{timeout}}}"#));
        }
        What::WaitEnd { events } => row(out, "E", LOOP_LANE, at, "wait", &format!(r#","args":{{"events":{events}}}"#)),
        What::Enqueue { item, delay_ms } => {
            let delay = delay_ms.map(|ms| format!(r#","delay_ms":{ms}"#)).unwrap_or_default();
            row(out, "i", LOOP_LANE, at, &format!("queue {}", item.label), &format!(r#","s":"t","cat":"queue","args":{{"id":{}{delay}}}"#, item.id));
            flow(out, "s", LOOP_LANE, at, item);
        }
        What::Cancel(item) => row(out, "i", LOOP_LANE, at, &format!("cancel {}", item.label), &format!(r#","s":"t","args":{{"id":{}}}"#, item.id)),
        What::CallBegin(item) => {
            row(out, "B", LOOP_LANE, at, item.label, &format!(r#","cat":"callback","args":{{"kind":"{}","id":{}}}"#, item.kind.name(), item.id));
            flow(out, "f", LOOP_LANE, at, item);
        }
        What::CallEnd(item) => row(out, "E", LOOP_LANE, at, item.label, ""),
        What::SlotBegin { worker, item } => {
            row(out, "B", lane(worker), at, item.label, &format!(r#","cat":"pool","args":{{"id":{}}}"#, item.id));
        }
        What::SlotEnd { worker, item } => row(out, "E", lane(worker), at, item.label, ""),
        What::Skip { to_ns } => row(out, "i", LOOP_LANE, at, "skip", &format!(r#","s":"g","args":{{"to_ns":{to_ns}}}"#)),
        _ => {}
    }
}

/// An arrow's start (`s`) or end (`f`).
fn flow(out: &mut String, phase: &str, lane: usize, at_ns: u64, item: Item) {
    let end = if phase == "f" { r#","bp":"e""# } else { "" };
    row(out, phase, lane, at_ns, item.kind.name(), &format!(r#","cat":"origin","id":"{}-{}"{end}"#, item.kind.name(), item.id));
}

fn row(out: &mut String, phase: &str, lane: usize, at_ns: u64, name: &str, rest: &str) {
    let micros = at_ns as f64 / 1000.0;
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    // Writing into a String cannot fail.
    let _ = writeln!(out, r#"{{"ph":"{phase}","pid":1,"tid":{lane},"ts":{micros:.3},"name":"{name}"{rest}}},"#);
}
