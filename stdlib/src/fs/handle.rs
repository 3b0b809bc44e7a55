//! `FileHandle`: a descriptor that an object owns. Its methods are the promise faces of the operations.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, native_function::NativeFunctionPointer, object::builtins::JsPromise};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    coil_sys::{SysError, errno},
    errors,
    op::{self, IntoJs, Op},
    table::{Member, Symbol},
};

use super::{contents, operations};

/// The native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(crate) struct Handle {
    /// -1 once it is closed.
    #[unsafe_ignore_trace]
    fd: Cell<i32>,
    closing: GcRefCell<Option<JsObject>>,
}

/// `FileHandle`
pub(super) static FILE_HANDLE: Class = Class {
    name: "FileHandle",
    length: 1,
    extends: Parent::Class(&crate::events::EVENT_EMITTER),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::function("getAsyncId", 0, |_, _, _| Ok(0.into())),
        Member::getter("fd", |this, _, cx| this_handle(this, cx).map(|handle| handle.borrow().data().fd.get().into())),
        Member::function("appendFile", 2, append_file),
        Member::function("chmod", 1, |this, args, cx| with_fd(this, args, op::promise::<operations::Fchmod>, "fchmod", cx)),
        Member::function("chown", 2, |this, args, cx| with_fd(this, args, op::promise::<operations::Fchown>, "fchown", cx)),
        Member::function("datasync", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Fdatasync>, "fdatasync", cx)),
        Member::function("sync", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Fsync>, "fsync", cx)),
        Member::function("read", 4, |this, args, cx| with_fd(this, args, |_, args, cx| contents::read_promise(args, cx), "read", cx)),
        Member::function("readv", 2, |this, args, cx| with_fd(this, args, |_, args, cx| contents::readv_promise(args, cx), "readv", cx)),
        Member::function("readFile", 1, |this, args, cx| with_fd(this, args, op::promise::<contents::ReadFile>, "read", cx)),
        Member::function("readLines", 0, |_, _, cx| Err(errors::method_not_implemented("FileHandle.readLines()", cx))),
        Member::function("stat", 1, |this, args, cx| with_fd(this, args, op::promise::<operations::Fstat>, "fstat", cx)),
        Member::function("truncate", 0, |this, args, cx| with_fd(this, args, op::promise::<operations::Ftruncate>, "ftruncate", cx)),
        Member::function("utimes", 2, |this, args, cx| with_fd(this, args, op::promise::<operations::Futimes>, "futimes", cx)),
        Member::function("write", 4, |this, args, cx| with_fd(this, args, |_, args, cx| contents::write_promise(args, cx), "write", cx)),
        Member::function("writev", 2, |this, args, cx| with_fd(this, args, |_, args, cx| contents::writev_promise(args, cx), "writev", cx)),
        Member::function("writeFile", 2, |this, args, cx| with_fd(this, args, op::promise::<contents::WriteFile>, "write", cx)),
        Member::function("close", 0, close),
        Member::function("readableWebStream", 0, |_, _, cx| Err(errors::method_not_implemented("FileHandle.readableWebStream()", cx))),
        Member::function("createReadStream", 0, |_, _, cx| Err(errors::method_not_implemented("FileHandle.createReadStream()", cx))),
        Member::function("createWriteStream", 0, |_, _, cx| Err(errors::method_not_implemented("FileHandle.createWriteStream()", cx))),
        Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, close),
    ],
    statics: &[],
};

/// The descriptor of a `FileHandle`; nothing for any other value.
pub(super) fn fd_of(value: &JsValue) -> Option<i32> {
    let handle = value.as_object()?.downcast::<Handle>().ok()?;
    let fd = handle.borrow().data().fd.get();
    Some(fd)
}

fn this_handle(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Handle>> {
    this.as_object().and_then(|object| object.downcast::<Handle>().ok()).ok_or_else(|| errors::invalid_this("FileHandle", cx))
}

/// Calls an operation with the descriptor before the arguments; a closed handle rejects with EBADF.
fn with_fd(this: &JsValue, args: &[JsValue], call: NativeFunctionPointer, syscall: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let handle = this_handle(this, cx)?;
    let fd = handle.borrow().data().fd.get();
    if fd < 0 {
        let error = errors::system(&SysError::new(errno::EBADF, syscall), cx);
        return Ok(JsPromise::reject(error, cx)?.into());
    }
    let mut all = vec![JsValue::from(fd)];
    all.extend_from_slice(args);
    call(&JsValue::undefined(), &all, cx)
}

/// As `writeFile`: the descriptor says where it goes.
fn append_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_fd(this, args, op::promise::<contents::AppendFile>, "write", cx)
}

/// Closes once; calling it again gives the same promise, or one that is fulfilled.
fn close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let handle = this_handle(this, cx)?;
    let running = handle.borrow().data().closing.borrow().clone();
    if let Some(running) = running {
        return Ok(running.into());
    }
    let fd = handle.borrow().data().fd.replace(-1);
    if fd < 0 {
        return Ok(JsPromise::resolve(JsValue::undefined(), cx)?.into());
    }
    let promise = op::promise::<operations::Close>(&JsValue::undefined(), &[fd.into()], cx)?;
    *handle.borrow().data().closing.borrow_mut() = promise.as_object();
    crate::events::emit(&handle.upcast(), boa_engine::js_string!("close"), &[], cx)?;
    Ok(promise)
}

/// `fsPromises.open`: as `fs.open`, giving a handle.
pub(super) struct OpenHandle(operations::Open);

/// A descriptor that becomes a `FileHandle`.
pub(super) struct Opened(i32);

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
        let handle = Handle { fd: Cell::new(self.0), closing: GcRefCell::new(None) };
        let object = JsObject::new(cx.root_shape(), prototype, handle).upcast();
        crate::events::init_emitter(&object, &JsValue::undefined(), cx)?;
        Ok(object.into())
    }
}
