//! The end of every constructor: the hooks that options bring, the signal, the emitter, and `_construct`.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use super::{add_abort_signal, destroy};
use crate::events;

/// An option, and the method that it stands for.
pub(super) type Hook = (&'static str, &'static str);

pub(super) const READ: Hook = ("read", "_read");
pub(super) const WRITE: Hook = ("write", "_write");
pub(super) const WRITEV: Hook = ("writev", "_writev");
pub(super) const DESTROY: Hook = ("destroy", "_destroy");
pub(super) const FINAL: Hook = ("final", "_final");
pub(super) const CONSTRUCT: Hook = ("construct", "_construct");
pub(super) const TRANSFORM: Hook = ("transform", "_transform");
pub(super) const FLUSH: Hook = ("flush", "_flush");

/// Takes the hooks of these options, joins a signal, calls the emitter's constructor, and `_construct` where there is one.
pub(super) fn finish(stream: &JsObject, options: &JsValue, hooks: &[Hook], cx: &mut Context) -> JsResult<()> {
    if let Some(given) = options.as_object() {
        take(stream, &given, hooks, cx)?;
        add_abort_signal::of_options(stream, &given, cx)?;
    }
    events::init_emitter(stream, options, cx)?;
    if !stream.get(js_string!("_construct"), cx)?.is_null_or_undefined() {
        destroy::construct(stream, cx)?;
    }
    Ok(())
}

/// `if (typeof options.read === 'function') this._read = options.read`, for each of these options.
pub(super) fn take(stream: &JsObject, options: &JsObject, hooks: &[Hook], cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    for (option, method) in hooks {
        let given = options.get(host.intern(option), cx)?;
        if given.is_callable() {
            stream.set(host.intern(method), given, true, cx)?;
        }
    }
    Ok(())
}
