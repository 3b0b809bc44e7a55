//! `fs.watch`, `fs.promises.watch`, `fs.watchFile`: who is told when files change.
//!
//! ```js
//! const watcher = fs.watch('src', { recursive: true }, (kind, name) => console.log(kind, name));
//! watcher.close();
//! ```
//!
//! Differs from Node: `recursive` watches folders, not each file in them, so that the change of a symbolic link's target is not told of,
//! and a file that is written anew is told of once.

mod hub;
mod ignore;
mod iterate;
mod poll;

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind as ClassKind, Parent},
    coil_sys::{SysError, errno},
    errors, table,
    table::{Member, Symbol},
    validate,
};

use self::{
    hub::{Watch, Wish},
    ignore::Ignore,
};
use super::arguments::{self, Options, path};
use crate::{buffer::Encoding, coroutine, events};

pub(super) use iterate::watch as promises_watch;
pub(super) use poll::{unwatch_file, watch_file};

/// `FSWatcher`: what `fs.watch` gives.
pub(super) static FS_WATCHER: Class = Class {
    name: "FSWatcher",
    length: 0,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: ClassKind::Legacy,
    init: events::init_plain,
    prototype: &[
        Member::renamed("start", "", 0, |_, _, _| Ok(JsValue::undefined())),
        Member::renamed("close", "", 0, close),
        Member::renamed("ref", "", 0, |this, _, cx| set_ref(this, true, cx)),
        Member::renamed("unref", "", 0, |this, _, cx| set_ref(this, false, cx)),
    ],
    statics: &[],
};

/// The `FSWatcher` of a recursive watch.
static TREE_WATCHER: Class = Class {
    name: "FSWatcher",
    length: 0,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: ClassKind::Modern,
    init: events::init_plain,
    prototype: &[
        Member::function("close", 0, close),
        Member::function("ref", 0, |this, _, cx| set_ref(this, true, cx)),
        Member::function("unref", 0, |this, _, cx| set_ref(this, false, cx)),
        Member::symbol(Symbol::AsyncIterator, "[Symbol.asyncIterator]", 0, iterate_events),
    ],
    statics: &[],
};

/// What hangs on an `FSWatcher`.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct State {
    #[unsafe_ignore_trace]
    watch: Rc<Watch>,
    recursive: bool,
    signal: GcRefCell<Option<JsObject>>,
}

fn state(this: &JsValue, cx: &mut Context) -> Option<JsObject<State>> {
    Slot::<State>::get(&this.as_object()?, cx)
}

/// `fs.watch(filename[, options][, listener])`
pub(super) fn watch(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(1);
    let listener = if given.is_callable() { given } else { args.get_or_undefined(2) };
    let options = Options::read(given, Some(Encoding::Utf8), cx)?;
    let persistent = options.get("persistent", cx)?;
    let recursive = options.get("recursive", cx)?;
    let tree = !recursive.is_undefined() && recursive.to_boolean();
    let file = path(args.get_or_undefined(0), "path", cx)?;
    if tree {
        validate::boolean(&recursive, "options.recursive", cx)?;
        if !persistent.is_null_or_undefined() {
            validate::boolean(&persistent, "options.persistent", cx)?;
        }
    }
    let ignore = options.get("ignore", cx)?;
    let ignore = Ignore::read(&ignore, "options.ignore", cx)?;
    let wish = Wish { path: file, persistent: persistent.is_undefined() || persistent.to_boolean(), recursive: tree, encoding: options.encoding, ignore };

    let watcher = (if tree { &TREE_WATCHER } else { &FS_WATCHER }).construct(&[], cx)?;
    let told = watcher.clone();
    let started = Watch::start(
        wish,
        Rc::new(move |kind, name, cx| {
            let kind = Host::of(cx).intern(kind.name());
            events::emit(&told, js_string!("change"), &[kind.into(), name], cx).map(drop)
        }),
        cx,
    );
    let watch = match started {
        Ok(watch) => watch,
        Err(error) => return Err(failed(error, if tree { "stat" } else { "watch" }, cx)?),
    };
    let state = State { watch, recursive: tree, signal: GcRefCell::new(None) };
    Slot::set(&watcher, state, cx)?;
    if listener.to_boolean() {
        events::method(&watcher, "addListener", &[js_string!("change").into(), listener.clone()], cx)?;
    }
    let signal = options.get("signal", cx)?;
    if let Some(signal) = signal.as_object() {
        close_on_abort(&watcher, &signal, cx)?;
    }
    Ok(watcher.into())
}

/// The error of a watch that could not start, as Node makes it.
fn failed(mut error: SysError, syscall: &'static str, cx: &mut Context) -> JsResult<JsError> {
    if error.is(errno::ENOENT) {
        error.syscall = syscall;
    }
    let shown = error.path.clone();
    let full = error.is(errno::ENOSPC);
    let object = errors::system_object(&error, cx)?;
    if full {
        let path = shown.as_deref().map(|path| format!(" '{}'", path.display())).unwrap_or_default();
        let text = format!("ENOSPC: System limit for number of file watchers reached, watch{path}");
        object.set(js_string!("message"), js_string!(text.as_str()), true, cx)?;
        errors::head_stack(&object, "Error", &text, cx)?;
    }
    if let Some(path) = shown
        && error.denied.is_none()
    {
        object.create_data_property_or_throw(js_string!("filename"), js_string!(path.to_string_lossy().as_ref()), cx)?;
    }
    Ok(JsError::from_opaque(object.into()))
}

/// The signal closes the watcher; a watcher that is closed lets go of its signal.
fn close_on_abort(watcher: &JsObject, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    let close = table::closure("", 0, watcher.clone(), |_, _, watcher, cx| events::method(watcher, "close", &[], cx), cx);
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        Host::of(cx).next_tick(close, JsValue::undefined(), Vec::new());
        return Ok(());
    }
    events::on_abort(signal, &close, cx)?;
    let captured = (signal.clone(), close);
    let release = table::closure("", 0, captured, |_, _, (signal, close), cx| events::off_abort(signal, close, cx).map(|()| JsValue::undefined()), cx);
    events::once(watcher, js_string!("close"), release, cx)
}

/// `watcher.close()`
fn close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state(this, cx) else { return Ok(JsValue::undefined()) };
    let (watch, recursive) = {
        let state = state.borrow();
        (state.data().watch.clone(), state.data().recursive)
    };
    if !watch.close(cx) {
        return Ok(JsValue::undefined());
    }
    let watcher = this.to_object(cx)?;
    if recursive {
        events::emit(&watcher, js_string!("close"), &[], cx)?;
    } else {
        Host::of(cx).next_tick_native(move |cx| events::emit(&watcher, js_string!("close"), &[], cx).map(drop));
    }
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(state) = state(this, cx) {
        let watch = state.borrow().data().watch.clone();
        watch.set_ref(reffed, cx);
    }
    Ok(this.clone())
}

/// `watcher[Symbol.asyncIterator]()` of a recursive watcher: one change at a time.
fn iterate_events(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let watcher = this.to_object(cx)?;
    let iterator = JsObject::with_object_proto(cx.intrinsics());
    let next = table::closure("next", 0, watcher.clone(), next_event, cx);
    let back = table::closure(
        "return",
        0,
        watcher,
        |_, _, watcher, cx| {
            events::method(watcher, "close", &[], cx)?;
            let done = coroutine::iter_result(JsValue::undefined(), true, cx)?;
            Ok(JsPromise::resolve(done, cx)?.into())
        },
        cx,
    );
    let own = table::function(|this, _, _| Ok(this.clone()), js_string!("[Symbol.asyncIterator]"), 0, cx);
    iterator.create_data_property_or_throw(js_string!("next"), next, cx)?;
    iterator.create_data_property_or_throw(js_string!("return"), back, cx)?;
    iterator.create_data_property_or_throw(boa_engine::JsSymbol::async_iterator(), own, cx)?;
    Ok(iterator.into())
}

fn next_event(_this: &JsValue, _args: &[JsValue], watcher: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let open = state(&watcher.clone().into(), cx).is_some_and(|state| state.borrow().data().watch.is_open());
    if !open {
        let done = coroutine::iter_result(JsValue::undefined(), true, cx)?;
        return Ok(JsPromise::resolve(done, cx)?.into());
    }
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let give = table::closure(
        "",
        2,
        resolvers.resolve,
        |_, args, resolve, cx| {
            let change = iterate::change(args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), cx)?;
            let result = coroutine::iter_result(change, false, cx)?;
            resolve.call(&JsValue::undefined(), &[result], cx)
        },
        cx,
    );
    events::once(watcher, js_string!("change"), give, cx)?;
    Ok(promise.into())
}

/// `validateBoolean` with a default.
fn boolean(options: &JsObject, key: &str, default: bool, cx: &mut Context) -> JsResult<bool> {
    let value = options.get(js_string!(key), cx)?;
    if value.is_undefined() { Ok(default) } else { validate::boolean(&value, &format!("options.{key}"), cx) }
}

/// The `encoding` option of an iterator.
fn encoding(options: &JsObject, cx: &mut Context) -> JsResult<Option<Encoding>> {
    let value = options.get(js_string!("encoding"), cx)?;
    if value.is_undefined() { Ok(Some(Encoding::Utf8)) } else { arguments::encoding_of(&value, cx) }
}
