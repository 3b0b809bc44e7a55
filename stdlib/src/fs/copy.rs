//! `fs.cp`: whole trees, one trip to the pool. With a `filter`, which is JavaScript, one trip per entry.

use std::path::{Path, PathBuf};

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    coil_sys::{
        Sys, SysError,
        fs::{CpEntry, CpError, CpOptions, Stat},
    },
    errors::{self, Base},
    op::{self, IntoJs, Op, thrown_value},
    validate,
};

use super::{
    arguments::path,
    handle,
    system_error::{Rule, system_error},
};
use crate::coroutine::{self, run};

/// `cp(src, dest[, options], callback)` without a filter.
pub(super) struct Cp {
    from: PathBuf,
    to: PathBuf,
    options: CpOptions,
}

/// Done, or a rule of `cp` that was broken, which is no system error.
pub(super) struct Copied(Result<(), CpError>);

impl IntoJs for Copied {
    const VOID: bool = true;

    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        self.0.map(|()| JsValue::undefined()).map_err(|error| broken(&error, cx))
    }
}

fn broken(error: &CpError, cx: &mut Context) -> JsError {
    match error {
        CpError::Sys(error) => errors::system(error, cx),
        CpError::Rule { code, message, path, errno, .. } => {
            let name = SysError::new(*errno, "cp").code();
            system_error(&Rule { code, message, path: &path.to_string_lossy(), syscall: "cp", errno: *errno, name }, cx)
        }
    }
}

impl Op for Cp {
    const NAME: &'static str = "cp";
    const NAME_SYNC: &'static str = "cpSync";
    const LENGTH: u8 = 4;
    const CALLBACK_AT: usize = 3;
    type Output = Copied;

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let (copy, filter) = parse(args, cx)?;
        match filter {
            None => Ok(copy),
            Some(_) => Err(errors::plain(Base::Error, "a copy with a filter has its own way")),
        }
    }

    fn run(self, sys: &Sys) -> Result<Copied, SysError> {
        Ok(Copied(sys.fs().cp(self.from, self.to, &self.options)))
    }
}

fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<(Cp, Option<JsFunction>)> {
    let mut options = CpOptions::default();
    let mut filter = None;
    let given = args.get_or_undefined(2);
    if !given.is_undefined() {
        let object = validate::object(given, "options", cx)?;
        for (key, target) in [
            ("dereference", &mut options.dereference),
            ("errorOnExist", &mut options.error_on_exist),
            ("force", &mut options.force),
            ("preserveTimestamps", &mut options.preserve_timestamps),
            ("recursive", &mut options.recursive),
            ("verbatimSymlinks", &mut options.verbatim_symlinks),
        ] {
            // A given undefined takes the place of the default, and is no boolean.
            if object.has_own_property(js_string!(key), cx)? {
                let given = object.get(js_string!(key), cx)?;
                *target = validate::boolean(&given, &format!("options.{key}"), cx)?;
            }
        }
        let mode = object.get(js_string!("mode"), cx)?;
        if !mode.is_null_or_undefined() {
            options.mode = validate::int32(&mode, "mode", 0, 7, cx)? as u32;
        }
        if options.dereference && options.verbatim_symlinks {
            return Err(errors::incompatible_option_pair("dereference", "verbatimSymlinks", cx));
        }
        let given = object.get(js_string!("filter"), cx)?;
        if !given.is_undefined() {
            filter = Some(validate::function(&given, "options.filter", cx)?);
        }
    }
    let from = path(args.get_or_undefined(0), "src", cx)?;
    let to = path(args.get_or_undefined(1), "dest", cx)?;
    Ok((Cp { from, to, options }, filter))
}

fn has_filter(args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    match args.get_or_undefined(2).as_object() {
        Some(options) if !options.is_callable() => Ok(!options.get(js_string!("filter"), cx)?.is_undefined()),
        _ => Ok(false),
    }
}

/// `fs.cp(src, dest[, options], callback)`
pub(super) fn cp(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(3).as_function();
    let (Some(callback), true) = (callback, has_filter(args, cx)?) else { return op::callback::<Cp>(this, args, cx) };
    let (copy, filter) = parse(&args[..3], cx)?;
    let promise = filtered(copy, filter, cx)?;
    let told = callback.clone();
    let done = coil_engine::table::closure(
        "",
        0,
        told,
        |_, _, callback, cx| {
            Host::of(cx).next_tick(callback.clone(), JsValue::undefined(), vec![JsValue::null()]);
            Ok(JsValue::undefined())
        },
        cx,
    );
    let failed = coil_engine::table::closure(
        "",
        1,
        callback,
        |_, args, callback, cx| {
            Host::of(cx).next_tick(callback.clone(), JsValue::undefined(), vec![args.get_or_undefined(0).clone()]);
            Ok(JsValue::undefined())
        },
        cx,
    );
    promise.then(Some(done), Some(failed), cx)?;
    Ok(JsValue::undefined())
}

/// `fsPromises.cp(src, dest[, options])`
pub(super) fn cp_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match has_filter(args, cx) {
        Ok(false) => op::promise::<Cp>(this, args, cx),
        Ok(true) => match parse(args, cx) {
            Ok((copy, filter)) => Ok(filtered(copy, filter, cx)?.into()),
            Err(error) => handle::rejected(error, cx),
        },
        Err(error) => handle::rejected(error, cx),
    }
}

/// `fs.cpSync(src, dest[, options])`
pub(super) fn cp_sync(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if !has_filter(args, cx)? {
        return op::sync::<Cp>(this, args, cx);
    }
    let (copy, Some(filter)) = parse(args, cx)? else { return op::sync::<Cp>(this, args, cx) };
    let mut pending = vec![Step::Copy { src: copy.from, dest: copy.to, first: true }];
    while let Some(step) = pending.pop() {
        if let Step::Copy { src, dest, .. } = &step {
            let wanted = ask(&filter, src, dest, cx)?;
            if wanted.as_object().is_some_and(|object| object.is::<boa_engine::builtins::promise::Promise>()) {
                return Err(errors::invalid_return_value("boolean", "filter", &wanted, cx));
            }
            if !wanted.to_boolean() {
                continue;
            }
        }
        let done = step.clone().run(Host::of(cx).sys(), &copy.options);
        step.then(done.map_err(|error| broken(&error, cx))?, &mut pending);
    }
    Ok(JsValue::undefined())
}

#[derive(Clone)]
enum Step {
    Copy {
        src: PathBuf,
        dest: PathBuf,
        first: bool,
    },
    /// The contents of a directory that was made are there.
    Finish {
        dest: PathBuf,
        from: Box<Stat>,
    },
}

impl Step {
    /// On any thread.
    fn run(self, sys: &Sys, options: &CpOptions) -> Result<CpEntry, CpError> {
        match self {
            Self::Copy { src, dest, first: true } => sys.fs().cp_start(&src, &dest, options),
            Self::Copy { src, dest, first: false } => sys.fs().cp_entry(&src, &dest, options),
            Self::Finish { dest, from } => sys.fs().cp_finish(&dest, &from, options).map(|()| CpEntry::Done).map_err(CpError::Sys),
        }
    }

    /// What is to be done after it.
    fn then(self, entry: CpEntry, pending: &mut Vec<Self>) {
        let (Self::Copy { src, dest, .. }, CpEntry::Directory { names, made }) = (self, entry) else { return };
        if let Some(from) = made {
            pending.push(Self::Finish { dest: dest.clone(), from });
        }
        pending.extend(names.into_iter().rev().map(|name| Self::Copy { src: src.join(&name), dest: dest.join(&name), first: false }));
    }
}

fn ask(filter: &JsFunction, src: &Path, dest: &Path, cx: &mut Context) -> JsResult<JsValue> {
    let args = [src, dest].map(|path| js_string!(path.to_string_lossy().as_ref()).into());
    filter.call(&JsValue::undefined(), &args, cx)
}

/// A copy whose filter may give promises.
fn filtered(copy: Cp, filter: Option<JsFunction>, cx: &mut Context) -> JsResult<JsPromise> {
    let (options, filter) = (copy.options, filter.map(JsValue::from));
    let mut pending = vec![Step::Copy { src: copy.from, dest: copy.to, first: true }];
    coroutine::spawn(cx, |co| async move {
        while let Some(step) = pending.pop() {
            if let (Step::Copy { src, dest, .. }, Some(filter)) = (&step, &filter) {
                let wanted = run!(co, [filter, src, dest] | cx | ask(&validate::function(&filter, "options.filter", cx)?, &src, &dest, cx))?;
                if !co.wait(wanted).await?.to_boolean() {
                    continue;
                }
            }
            let slot = std::rc::Rc::new(std::cell::Cell::new(None));
            let (work, place) = (step.clone(), slot.clone());
            let promise = co
                .run(move |cx| {
                    let (promise, resolvers) = JsPromise::new_pending(cx);
                    Host::of(cx).offload(
                        "cp",
                        move |sys| work.run(sys, &options),
                        move |outcome, cx| {
                            let host = Host::of(cx);
                            match outcome.done() {
                                Some(Err(error)) => {
                                    let reason = thrown_value(broken(&error, cx), cx);
                                    host.enter(&resolvers.reject, &JsValue::undefined(), &[reason], cx);
                                }
                                Some(Ok(entry)) => {
                                    place.set(Some(entry));
                                    host.enter(&resolvers.resolve, &JsValue::undefined(), &[], cx);
                                }
                                None => {
                                    host.enter(&resolvers.resolve, &JsValue::undefined(), &[], cx);
                                }
                            }
                        },
                    );
                    promise
                })
                .await;
            co.wait(promise).await?;
            step.then(slot.take().unwrap_or(CpEntry::Done), &mut pending);
        }
        Ok(JsValue::undefined())
    })
}
