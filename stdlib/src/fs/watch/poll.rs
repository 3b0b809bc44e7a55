//! `fs.watchFile`: a file's `stat`, asked for again and again.

use std::{
    cell::{Cell, RefCell},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
    rc::Rc,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::TimerId,
    coil_sys::{SysResult, fs::Stat},
    table::Member,
    validate,
};
use rustc_hash::FxHashMap;

use crate::{
    events,
    fs::{arguments::path, stats::stats_object},
};

/// `StatWatcher`: what `fs.watchFile` gives.
static STAT_WATCHER: Class = Class {
    name: "StatWatcher",
    length: 1,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: events::init_plain,
    prototype: &[
        Member::renamed("start", "", 0, |_, _, _| Ok(JsValue::undefined())),
        Member::renamed("stop", "", 0, |this, _, cx| {
            if let Some(polling) = polling(this, cx) {
                stop(this, &polling, cx)?;
            }
            Ok(JsValue::undefined())
        }),
        Member::renamed("ref", "", 0, |this, _, cx| {
            if let Some(polling) = polling(this, cx)
                && polling.refs.get() < polling.refs_max.get()
            {
                polling.refs.set(polling.refs.get() + 1);
                polling.apply_ref(cx);
            }
            Ok(this.clone())
        }),
        Member::renamed("unref", "", 0, |this, _, cx| {
            if let Some(polling) = polling(this, cx) {
                polling.unref(cx);
            }
            Ok(this.clone())
        }),
    ],
    statics: &[],
};

/// Every file that is polled, by its absolute path.
#[derive(Default)]
struct Polled(RefCell<FxHashMap<PathBuf, JsObject>>);

struct Polling {
    watcher: JsObject,
    path: PathBuf,
    bigint: bool,
    interval_ms: u64,
    timer: Cell<Option<TimerId>>,
    /// How many of those who watch want the loop alive, and how many there are.
    refs: Cell<u32>,
    refs_max: Cell<u32>,
    open: Cell<bool>,
    last: Cell<Option<Last>>,
}

/// What the last look gave.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Stat(Stat),
    /// The stat before the file was gone, and why it was.
    Error(Stat, i32),
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct State(#[unsafe_ignore_trace] Rc<Polling>);

fn polling(this: &JsValue, cx: &mut Context) -> Option<Rc<Polling>> {
    let state = Slot::<State>::get(&this.as_object()?, cx)?;
    let polling = state.borrow().data().0.clone();
    Some(polling)
}

fn absolute(value: &JsValue, cx: &mut Context) -> JsResult<PathBuf> {
    let given = path(value, "path", cx)?;
    let cwd = Host::of(cx).cwd();
    let pieces = [cwd.as_bytes(), given.as_os_str().as_bytes()];
    let resolved = crate::path::posix::resolve(if given.is_absolute() { &pieces[1..] } else { &pieces });
    Ok(PathBuf::from(std::ffi::OsString::from_vec(resolved)))
}

/// Node's default, once libev's.
const INTERVAL_MS: f64 = 5007.0;

/// `fs.watchFile(filename[, options], listener)`
pub(in crate::fs) fn watch_file(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let file = absolute(args.get_or_undefined(0), cx)?;
    let options = args.get_or_undefined(1).as_object().filter(|object| !object.is_callable());
    let listener = if options.is_some() { args.get_or_undefined(2) } else { args.get_or_undefined(1) };
    let get = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    // As an object spread does: a given undefined stays undefined.
    let given = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => options.has_own_property(js_string!(key), cx),
        None => Ok(false),
    };
    let persistent = if given("persistent", cx)? { get("persistent", cx)?.to_boolean() } else { true };
    let interval = if given("interval", cx)? { get("interval", cx)? } else { INTERVAL_MS.into() };
    let bigint = get("bigint", cx)?.to_boolean();
    validate::function(listener, "listener", cx)?;
    let host = Host::of(cx);
    let known = host.state::<Polled>().0.borrow().get(&file).cloned();
    let watcher = match known {
        Some(watcher) => {
            if let Some(polling) = polling(&watcher.clone().into(), cx) {
                polling.refs.set(polling.refs.get() + 1);
                polling.refs_max.set(polling.refs_max.get() + 1);
                polling.apply_ref(cx);
            }
            watcher
        }
        None => {
            let interval_ms = u64::from(validate::uint32(&interval, "interval", false, cx)?).max(1);
            let watcher = STAT_WATCHER.construct(&[], cx)?;
            let polling = Rc::new(Polling {
                watcher: watcher.clone(),
                path: file.clone(),
                bigint,
                interval_ms,
                timer: Cell::new(None),
                refs: Cell::new(u32::from(persistent)),
                refs_max: Cell::new(1),
                open: Cell::new(true),
                last: Cell::new(None),
            });
            Slot::set(&watcher, State(polling.clone()), cx)?;
            host.state::<Polled>().0.borrow_mut().insert(file, watcher.clone());
            polling.look(cx);
            watcher
        }
    };
    events::method(&watcher, "addListener", &[js_string!("change").into(), listener.clone()], cx)?;
    Ok(watcher.into())
}

/// `fs.unwatchFile(filename[, listener])`
pub(in crate::fs) fn unwatch_file(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let file = absolute(args.get_or_undefined(0), cx)?;
    let host = Host::of(cx);
    let found = host.state::<Polled>().0.borrow().get(&file).cloned();
    let Some(watcher) = found else { return Ok(JsValue::undefined()) };
    let this: JsValue = watcher.clone().into();
    let Some(polling) = polling(&this, cx) else { return Ok(JsValue::undefined()) };
    let listener = args.get_or_undefined(1);
    if listener.is_callable() {
        let before = events::listener_count(&watcher, js_string!("change"), cx)?;
        events::remove_listener(&watcher, js_string!("change"), listener.clone(), cx)?;
        if events::listener_count(&watcher, js_string!("change"), cx)? < before {
            polling.refs_max.set(polling.refs_max.get().saturating_sub(1));
            polling.unref(cx);
        }
    } else {
        events::method(&watcher, "removeAllListeners", &[js_string!("change").into()], cx)?;
        polling.refs_max.set(0);
        polling.refs.set(0);
        polling.apply_ref(cx);
    }
    if events::listener_count(&watcher, js_string!("change"), cx)? == 0 {
        events::method(&watcher, "stop", &[], cx)?;
        host.state::<Polled>().0.borrow_mut().remove(&file);
    }
    Ok(JsValue::undefined())
}

fn stop(this: &JsValue, polling: &Rc<Polling>, cx: &mut Context) -> JsResult<()> {
    if !polling.open.replace(false) {
        return Ok(());
    }
    let host = Host::of(cx);
    if let Some(timer) = polling.timer.take() {
        host.event_loop().timer_cancel(timer);
    }
    let watcher = this.to_object(cx)?;
    host.next_tick_native(move |cx| events::emit(&watcher, js_string!("stop"), &[], cx).map(drop));
    Ok(())
}

impl Polling {
    fn unref(&self, cx: &Context) {
        self.refs.set(self.refs.get().saturating_sub(1));
        self.apply_ref(cx);
    }

    fn apply_ref(&self, cx: &Context) {
        if let Some(timer) = self.timer.get() {
            Host::of(cx).event_loop().timer_ref(timer, self.refs.get() > 0);
        }
    }

    /// One look at the file, on the pool; then the next after the interval.
    fn look(self: &Rc<Self>, cx: &Context) {
        let (polling, path) = (self.clone(), self.path.clone());
        Host::of(cx).offload(
            "stat",
            move |sys| sys.fs().stat(path),
            move |outcome, cx| {
                if let Some(result) = outcome.done().filter(|_| polling.open.get()) {
                    polling.seen(result, cx);
                }
                if polling.open.get() {
                    polling.wait(cx);
                }
            },
        );
    }

    fn wait(self: &Rc<Self>, cx: &Context) {
        let host = Host::of(cx);
        let polling = self.clone();
        let timer = host.event_loop().timer(
            self.interval_ms,
            Box::new(move |cx| {
                polling.timer.set(None);
                polling.look(cx);
            }),
        );
        self.timer.set(Some(timer));
        self.apply_ref(cx);
    }

    fn seen(&self, result: SysResult<Stat>, cx: &mut Context) {
        let last = self.last.get();
        let before = match last {
            Some(Last::Stat(stat) | Last::Error(stat, _)) => stat,
            None => Stat::default(),
        };
        let now = match result {
            Ok(stat) => Last::Stat(stat),
            Err(error) => Last::Error(before, error.errno),
        };
        self.last.set(Some(now));
        let told = match (last, now) {
            (None, Last::Stat(_)) => None,
            (Some(Last::Error(_, before)), Last::Error(_, now)) if before == now => None,
            (Some(Last::Stat(before)), Last::Stat(now)) => (!same(&before, &now)).then_some((now, before)),
            (_, Last::Error(..)) => Some((Stat::default(), before)),
            (_, Last::Stat(now)) => Some((now, Stat::default())),
        };
        let Some((now, before)) = told else { return };
        Host::of(cx).enter_with(cx, |cx| {
            let now = stats_object(&now, self.bigint, cx)?;
            let before = stats_object(&before, self.bigint, cx)?;
            events::emit(&self.watcher, js_string!("change"), &[now.into(), before.into()], cx)
        });
    }
}

/// Whether two looks saw the same, as libuv compares: the time of access does not count.
fn same(one: &Stat, other: &Stat) -> bool {
    Stat { atime: other.atime, nlink: other.nlink, blocks: other.blocks, blksize: other.blksize, rdev: other.rdev, ..*one } == *other
}
