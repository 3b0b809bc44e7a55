//! `FileHandle`: a descriptor that an object owns. Its methods are the promise faces of the operations; while one runs, the handle is
//! not closed.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    native_function::NativeFunctionPointer,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_sys::SysError,
    errors::{self, Base},
    op::{self, IntoJs, Op, thrown_value},
    table::{self, Member, Symbol},
    validate,
};

use super::{contents, operations, streams, whole};
use crate::{events, web_streams};

/// The native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(crate) struct Handle {
    /// -1 once it is closed.
    #[unsafe_ignore_trace]
    fd: Cell<i32>,
    /// The handle itself, and each operation that runs.
    #[unsafe_ignore_trace]
    refs: Cell<u32>,
    /// What `close()` gave, until it is closed.
    closing: GcRefCell<Option<JsObject>>,
    /// Settles that promise, where operations still ran.
    #[unsafe_ignore_trace]
    closers: GcRefCell<Option<ResolvingFunctions>>,
    /// A web stream reads from it.
    #[unsafe_ignore_trace]
    locked: Cell<bool>,
    /// It went to another handle, in a message.
    #[unsafe_ignore_trace]
    transferred: Cell<bool>,
}

impl Handle {
    /// Gives the descriptor up, unless an operation uses it or it is being closed.
    pub(super) fn take_for_transfer(&self) -> Option<i32> {
        if self.refs.get() > 1 || self.closing.borrow().is_some() || self.fd.get() < 0 {
            return None;
        }
        self.transferred.set(true);
        Some(self.fd.replace(-1))
    }
}

/// `FileHandle`
pub(super) static FILE_HANDLE: Class = Class {
    name: "FileHandle",
    length: 1,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::function("getAsyncId", 0, |_, _, _| Ok(0.into())),
        Member::getter("fd", |this, _, cx| this_handle(this, cx).map(|handle| handle.borrow().data().fd.get().into())),
        Member::function("appendFile", 2, |this, args, cx| with_file(this, args, whole::write_file_promise, "writeFile", cx)),
        Member::function("chmod", 1, |this, args, cx| with_fd(this, args, op::promise::<operations::Fchmod>, "fchmod", cx)),
        Member::function("chown", 2, |this, args, cx| with_fd(this, args, op::promise::<operations::Fchown>, "fchown", cx)),
        Member::function("datasync", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Fdatasync>, "fdatasync", cx)),
        Member::function("sync", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Fsync>, "fsync", cx)),
        Member::function("read", 4, |this, args, cx| with_fd(this, args, |_, args, cx| contents::read_promise(args, cx), "read", cx)),
        Member::function("readv", 2, |this, args, cx| with_fd(this, args, |_, args, cx| contents::readv_promise(args, cx), "readv", cx)),
        Member::function("readFile", 1, |this, args, cx| with_file(this, args, whole::read_file_promise, "readFile", cx)),
        Member::function("readLines", 0, read_lines),
        Member::function("stat", 1, |this, args, cx| with_fd(this, args, op::promise::<operations::Fstat>, "fstat", cx)),
        Member::function("truncate", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Ftruncate>, "ftruncate", cx)),
        Member::function("utimes", 2, |this, args, cx| with_fd(this, args, op::promise::<operations::Futimes>, "futimes", cx)),
        Member::function("write", 4, |this, args, cx| with_fd(this, args, |_, args, cx| contents::write_promise(args, cx), "write", cx)),
        Member::function("writev", 2, |this, args, cx| with_fd(this, args, |_, args, cx| contents::writev_promise(args, cx), "writev", cx)),
        Member::function("writeFile", 2, |this, args, cx| with_file(this, args, whole::write_file_promise, "writeFile", cx)),
        Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, |this, _, cx| {
            let handle = this_handle(this, cx)?.upcast();
            events::method(&handle, "close", &[], cx)
        }),
        Member::function("readableWebStream", 0, readable_web_stream),
        Member::function("createReadStream", 0, |this, args, cx| {
            let options = with_this(this, args.get_or_undefined(0), cx)?;
            streams::create_read_stream(&JsValue::undefined(), &[JsValue::undefined(), options], cx)
        }),
        Member::function("createWriteStream", 0, |this, args, cx| {
            let options = with_this(this, args.get_or_undefined(0), cx)?;
            streams::create_write_stream(&JsValue::undefined(), &[JsValue::undefined(), options], cx)
        }),
    ],
    statics: &[],
};

/// The descriptor of a `FileHandle`; nothing for any other value.
pub(super) fn fd_of(value: &JsValue) -> Option<i32> {
    let handle = value.as_object()?.downcast::<Handle>().ok()?;
    let fd = handle.borrow().data().fd.get();
    Some(fd)
}

/// The object of a `FileHandle`; nothing for any other value.
pub(super) fn handle_of(value: &JsValue) -> Option<JsObject> {
    value.as_object().filter(|object| object.is::<Handle>())
}

fn this_handle(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Handle>> {
    this.as_object().and_then(|object| object.downcast::<Handle>().ok()).ok_or_else(|| errors::invalid_this("FileHandle", cx))
}

/// `{ ...options, fd: this }`
fn with_this(this: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let all = JsObject::with_object_proto(cx.intrinsics());
    if let Some(options) = options.as_object() {
        for name in options.own_property_keys(cx)? {
            let value = options.get(name.clone(), cx)?;
            all.create_data_property_or_throw(name, value, cx)?;
        }
    }
    all.create_data_property_or_throw(js_string!("fd"), this.clone(), cx)?;
    Ok(all.into())
}

/// Keeps the handle open.
pub(super) fn add_ref(handle: &JsObject) {
    if let Ok(handle) = handle.clone().downcast::<Handle>() {
        let handle = handle.borrow();
        let refs = &handle.data().refs;
        refs.set(refs.get() + 1);
    }
}

/// Lets go of what [`add_ref`] kept; who was the last closes the descriptor.
pub(super) fn drop_ref(handle: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Ok(handle) = handle.clone().downcast::<Handle>() else { return Ok(()) };
    let left = {
        let handle = handle.borrow();
        let refs = &handle.data().refs;
        refs.set(refs.get().saturating_sub(1));
        refs.get()
    };
    if left > 0 {
        return Ok(());
    }
    let (fd, closers) = {
        let handle = handle.borrow();
        let data = handle.data();
        (data.fd.replace(-1), data.closers.borrow_mut().take())
    };
    if fd < 0 {
        return Ok(());
    }
    let closed = JsPromise::from_object(op::promise::<operations::Close>(&JsValue::undefined(), &[fd.into()], cx)?.to_object(cx)?)?;
    if let Some(closers) = closers {
        closed.then(Some(closers.resolve), Some(closers.reject), cx)?;
    }
    Ok(())
}

/// Calls an operation with the descriptor before the arguments.
fn with_fd(this: &JsValue, args: &[JsValue], call: NativeFunctionPointer, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let handle = this_handle(this, cx)?;
    let fd = handle.borrow().data().fd.get();
    during(&handle.upcast(), fd.into(), args, call, name, cx)
}

/// Calls an operation with the handle itself before the arguments.
fn with_file(this: &JsValue, args: &[JsValue], call: NativeFunctionPointer, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let handle = this_handle(this, cx)?.upcast();
    during(&handle, handle.clone().into(), args, call, name, cx)
}

/// Keeps the handle open as long as the operation runs; a closed handle rejects with EBADF.
fn during(handle: &JsObject, first: JsValue, args: &[JsValue], call: NativeFunctionPointer, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    if fd_of(&handle.clone().into()).unwrap_or(-1) < 0 {
        let transferred = handle.downcast_ref::<Handle>().is_some_and(|handle| handle.transferred.get());
        let message = if transferred { "The FileHandle has been transferred" } else { "file closed" };
        let error = errors::plain(Base::Error, message).into_opaque(cx)?;
        if let Some(error) = error.as_object() {
            error.set(js_string!("code"), js_string!("EBADF"), true, cx)?;
            error.set(js_string!("syscall"), js_string!(name), true, cx)?;
        }
        return Ok(JsPromise::reject(JsError::from_opaque(error), cx)?.into());
    }
    let mut all = vec![first];
    all.extend_from_slice(args);
    add_ref(handle);
    let promise = match call(&JsValue::undefined(), &all, cx) {
        Ok(promise) => JsPromise::from_object(promise.to_object(cx)?)?,
        Err(error) => JsPromise::reject(error, cx)?,
    };
    let done = table::closure(
        "",
        1,
        handle.clone(),
        |_, args, handle, cx| {
            drop_ref(handle, cx)?;
            Ok(args.get_or_undefined(0).clone())
        },
        cx,
    );
    let failed = table::closure(
        "",
        1,
        handle.clone(),
        |_, args, handle, cx| {
            drop_ref(handle, cx)?;
            Err(JsError::from_opaque(args.get_or_undefined(0).clone()))
        },
        cx,
    );
    Ok(promise.then(Some(done), Some(failed), cx)?.into())
}

/// `handle.close()`: an own property of each handle, bound to it. While operations run, the promise waits for them.
fn close(_this: &JsValue, _args: &[JsValue], handle: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let this = this_handle(&handle.clone().into(), cx)?;
    let (fd, running) = {
        let this = this.borrow();
        (this.data().fd.get(), this.data().closing.borrow().clone())
    };
    if fd < 0 {
        return Ok(match running {
            Some(running) => running.into(),
            None => JsPromise::resolve(JsValue::undefined(), cx)?.into(),
        });
    }
    if let Some(running) = running {
        return Ok(running.into());
    }
    let (promise, closers) = JsPromise::new_pending(cx);
    *this.borrow().data().closers.borrow_mut() = Some(closers);
    let over = table::closure(
        "",
        0,
        handle.clone(),
        |_, _, handle, cx| {
            *this_handle(&handle.clone().into(), cx)?.borrow().data().closing.borrow_mut() = None;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let promise = promise.finally(over, cx)?;
    *this.borrow().data().closing.borrow_mut() = Some(promise.clone().into());
    drop_ref(handle, cx)?;
    events::emit(handle, js_string!("close"), &[], cx)?;
    Ok(promise.into())
}

/// `handle.readLines([options])`
fn read_lines(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = with_this(this, args.get_or_undefined(0), cx)?;
    let input = streams::create_read_stream(&JsValue::undefined(), &[JsValue::undefined(), options], cx)?;
    let host = Host::of(cx);
    let Some(readline) = host.builtin("readline") else { return Err(errors::method_not_implemented("FileHandle.readLines()", cx)) };
    let interface = table::instantiate(readline, cx)?.get(js_string!("Interface"), cx)?;
    let given = JsObject::with_object_proto(cx.intrinsics());
    given.create_data_property_or_throw(js_string!("input"), input, cx)?;
    given.create_data_property_or_throw(js_string!("crlfDelay"), f64::INFINITY, cx)?;
    interface.to_object(cx)?.construct(&[given.into()], None, cx).map(JsValue::from)
}

/// `handle.readableWebStream([options])`: bytes, read as they are asked for.
fn readable_web_stream(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let handle = this_handle(this, cx)?;
    let refused = {
        let handle = handle.borrow();
        let data = handle.data();
        if data.fd.get() < 0 {
            Some("The FileHandle is closed")
        } else if data.closing.borrow().is_some() {
            Some("The FileHandle is closing")
        } else if data.locked.replace(true) {
            Some("The FileHandle is locked")
        } else {
            None
        }
    };
    if let Some(refused) = refused {
        return Err(errors::invalid_state(refused, cx));
    }
    let handle = handle.upcast();
    let mut auto_close = false;
    if let Some(options) = validate::options(args.get_or_undefined(0), "options", cx)? {
        let given = options.get(js_string!("autoClose"), cx)?;
        if !given.is_undefined() {
            auto_close = validate::boolean(&given, "options.autoClose", cx)?;
        }
        let kind = options.get(js_string!("type"), cx)?;
        if !kind.is_undefined() && kind.as_string().is_none_or(|kind| kind != js_string!("bytes")) {
            let text = "A non-\"bytes\" options.type has no effect. A byte-oriented steam is always created.";
            crate::process::emit_warning(text, "ExperimentalWarning", None, cx)?;
        }
    }
    let source = JsObject::with_object_proto(cx.intrinsics());
    source.create_data_property_or_throw(js_string!("type"), js_string!("bytes"), cx)?;
    source.create_data_property_or_throw(js_string!("autoAllocateChunkSize"), 16384, cx)?;
    let pull = table::closure("pull", 1, (handle.clone(), auto_close), web_pull, cx);
    source.create_data_property_or_throw(js_string!("pull"), pull, cx)?;
    let cancel = table::closure("cancel", 0, (handle.clone(), auto_close), |_, _, (handle, auto_close), cx| web_done(handle, *auto_close, cx), cx);
    source.create_data_property_or_throw(js_string!("cancel"), cancel, cx)?;
    let constructor = cx.global_object().get(js_string!("ReadableStream"), cx)?.to_object(cx)?;
    let stream = constructor.construct(&[source.into()], None, cx)?;
    add_ref(&handle);
    let closed = table::closure(
        "",
        0,
        stream.clone(),
        |_, _, stream, cx| {
            // Whether or not a reader holds it: its bytes are gone.
            web_streams::cancel_readable(stream, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(&handle, js_string!("close"), closed, cx)?;
    Ok(stream.into())
}

fn web_done(handle: &JsObject, auto_close: bool, cx: &mut Context) -> JsResult<JsValue> {
    drop_ref(handle, cx)?;
    if auto_close { events::method(handle, "close", &[], cx) } else { Ok(JsValue::undefined()) }
}

fn web_pull(_this: &JsValue, args: &[JsValue], (handle, auto_close): &(JsObject, bool), cx: &mut Context) -> JsResult<JsValue> {
    let controller = args.get_or_undefined(0).to_object(cx)?;
    let request = controller.get(js_string!("byobRequest"), cx)?.to_object(cx)?;
    let view = request.get(js_string!("view"), cx)?;
    let read = events::method(handle, "read", std::slice::from_ref(&view), cx)?;
    let answer = table::closure(
        "",
        1,
        (handle.clone(), *auto_close, controller, request),
        |_, args, (handle, auto_close, controller, request), cx| {
            let count = args.get_or_undefined(0).to_object(cx)?.get(js_string!("bytesRead"), cx)?;
            let mut end = JsValue::undefined();
            if count.as_number() == Some(0.0) {
                events::method(controller, "close", &[], cx)?;
                end = web_done(handle, *auto_close, cx)?;
            }
            events::method(request, "respond", &[count], cx)?;
            Ok(end)
        },
        cx,
    );
    Ok(JsPromise::resolve(read, cx)?.then(Some(answer), None, cx)?.into())
}

/// `fsPromises.open`: as `fs.open`, giving a handle.
pub(super) struct OpenHandle(operations::Open);

/// A descriptor that becomes a `FileHandle`.
pub(super) struct Opened(pub(super) i32);

impl Op for OpenHandle {
    const NAME: &'static str = "open";
    const NAME_SYNC: &'static str = "openSync";
    const LENGTH: u8 = 3;
    const LENGTH_PROMISE: u8 = 3;
    const CALLBACK_AT: usize = 3;
    type Output = Opened;

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        operations::Open::parse(&[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone()], cx).map(Self)
    }

    fn run(self, sys: &coil_engine::coil_sys::Sys) -> Result<Opened, SysError> {
        self.0.run(sys).map(Opened)
    }
}

impl IntoJs for Opened {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let prototype = FILE_HANDLE.prototype(cx)?;
        let handle = Handle { fd: Cell::new(self.0), refs: Cell::new(1), closing: GcRefCell::new(None), closers: GcRefCell::new(None), locked: Cell::new(false), transferred: Cell::new(false) };
        super::handle_transfer::prepare(cx);
        let object = JsObject::new(cx.root_shape(), prototype, handle).upcast();
        events::init_emitter(&object, &JsValue::undefined(), cx)?;
        let close: JsFunction = table::closure("close", 0, object.clone(), close, cx);
        object.create_data_property_or_throw(js_string!("close"), close, cx)?;
        Ok(object.into())
    }
}

/// Rejects with what was thrown.
pub(super) fn rejected(error: JsError, cx: &mut Context) -> JsResult<JsValue> {
    let reason = thrown_value(error, cx);
    Ok(JsPromise::reject(JsError::from_opaque(reason), cx)?.into())
}
