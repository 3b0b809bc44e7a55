//! What a stream is born with: `_events` with the names of its usual events, so that adding a listener finds its place.

use std::cell::OnceCell;

use boa_engine::{Context, HostTemplate, JsObject, JsResult, js_string};
use coil_engine::Host;

/// Which class made it.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Readable,
    Writable,
    Duplex,
}

#[derive(Default)]
struct Shapes {
    readable: OnceCell<HostTemplate>,
    writable: OnceCell<HostTemplate>,
    duplex: OnceCell<HostTemplate>,
}

/// `this._events ??= { close: undefined, error: undefined, ... }`
pub(super) fn default_events(stream: &JsObject, kind: Kind, cx: &mut Context) -> JsResult<()> {
    if !stream.get(js_string!("_events"), cx)?.is_null_or_undefined() {
        return Ok(());
    }
    let shapes = Host::of(cx).state::<Shapes>();
    let (cell, names): (_, &[&str]) = match kind {
        Kind::Readable => (&shapes.readable, &["close", "error", "data", "end", "readable"]),
        Kind::Writable => (&shapes.writable, &["close", "error", "prefinish", "finish", "drain"]),
        Kind::Duplex => (&shapes.duplex, &["close", "error", "prefinish", "finish", "drain", "data", "end", "readable"]),
    };
    let events = cell.get_or_init(|| HostTemplate::plain(names, cx)).create(Vec::new());
    stream.set(js_string!("_events"), events, true, cx)?;
    Ok(())
}
