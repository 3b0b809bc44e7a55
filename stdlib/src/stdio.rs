//! `process.stdin`, `process.stdout` and `process.stderr`: native streams over the standard descriptors.
//!
//! As in Node, writes to files and terminals are synchronous, and here those to pipes are too: nothing that was written is lost when
//! the process ends. Reading waits in the reactor, or on the pool for files.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::{Interest, Ready, Source, Token},
    coil_sys::{errno, stdio::HandleKind},
    errors,
    table::{Export, Member},
};

use crate::{
    net::{
        conn::{Conn, StreamKind},
        handle::{Inner, inner_of, of_conn},
    },
    stream::{self, Chunk, Done, Native},
    tty,
};

/// What `process.stdout` is made of: the descriptor it writes to.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Output {
    #[unsafe_ignore_trace]
    fd: i32,
}

/// `WriteStream` of a standard descriptor; that of a terminal is `tty`'s.
pub(crate) static WRITE_STREAM: Class = Class {
    name: "WriteStream",
    length: 1,
    extends: Parent::Class(&stream::WRITABLE),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::renamed("_write", "", 3, stream::native::write),
        Member::renamed("_writev", "", 2, stream::native::writev),
        Member::renamed("_destroy", "", 2, stream::native::destroy),
        Member::function("destroySoon", 0, |this, _, cx| {
            let this = this.to_object(cx)?;
            stream::end(&this, cx).map(|()| JsValue::undefined())
        }),
        Member::function("ref", 0, |this, _, _| Ok(this.clone())),
        Member::function("unref", 0, |this, _, _| Ok(this.clone())),
    ],
    statics: &[],
};

struct Sink;
static SINK: Sink = Sink;

impl Native for Sink {
    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let bytes = crate::fs::bytes_of(chunk, encoding);
        write_all(stream, &bytes, &done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        let mut bytes = Vec::new();
        for (chunk, encoding) in chunks {
            bytes.append(&mut crate::fs::bytes_of(chunk, &encoding));
        }
        write_all(stream, &bytes, &done, cx)
    }

    /// The standard descriptors stay open: others write to them too.
    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        done.call(error, cx)?;
        crate::events::method(stream, "_undestroy", &[], cx)?;
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| crate::events::emit(&stream, js_string!("close"), &[], cx).map(drop));
        Ok(())
    }
}

fn write_all(stream: &JsObject, bytes: &[u8], done: &Done, cx: &mut Context) -> JsResult<()> {
    let fd = output_fd(&stream.clone().into(), cx)?;
    let host = Host::of(cx);
    if host.state::<crate::process::Redirect>().take(fd, bytes) {
        return done.ok(cx);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        match host.sys().fs().write(fd, rest, None) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.is(errno::EINTR) => {}
            Err(error) if error.is(errno::EAGAIN) && host.sys().stdio().set_nonblocking(fd, false).is_ok() => {}
            Err(error) => {
                let error = errors::system_object(&error, cx)?;
                return done.call(error.into(), cx);
            }
        }
    }
    done.ok(cx)
}

/// Makes an object a stream that writes to a descriptor.
pub(crate) fn init_output(object: &JsObject, fd: i32, cx: &mut Context) -> JsResult<()> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("decodeStrings"), false, cx)?;
    options.create_data_property_or_throw(js_string!("emitClose"), false, cx)?;
    stream::init_writable(object, &options.into(), cx)?;
    Slot::set(object, Output { fd }, cx)?;
    stream::attach(object, &SINK, cx)
}

/// The descriptor that such a stream writes to.
pub(crate) fn output_fd(stream: &JsValue, cx: &mut Context) -> JsResult<i32> {
    let output = Slot::<Output>::of(stream, "WriteStream", cx)?;
    let fd = output.borrow().data().fd;
    Ok(fd)
}

fn output(fd: i32, cx: &mut Context) -> JsResult<JsObject> {
    let in_worker = crate::worker_threads::is_worker(cx);
    let kind = Host::of(cx).sys().stdio().kind(fd);
    let object = if kind == HandleKind::Tty && !in_worker {
        let object = tty::WRITE_STREAM.construct(&[fd.into()], cx)?;
        tty::follow_size(&object, cx)?;
        object
    } else {
        let object = JsObject::from_proto_and_data(WRITE_STREAM.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
        init_output(&object, fd, cx)?;
        object
    };
    if in_worker {
        return Ok(object);
    }
    object.create_data_property_or_throw(js_string!("fd"), fd, cx)?;
    let name = match kind {
        HandleKind::Tty => "tty",
        HandleKind::File => "fs",
        _ => "pipe",
    };
    object.create_data_property_or_throw(js_string!("_type"), js_string!(name), cx)?;
    object.create_data_property_or_throw(js_string!("_isStdio"), true, cx)?;
    let unreadable = boa_engine::property::PropertyDescriptor::builder().value(false).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("readable"), unreadable, cx)?;
    Ok(object)
}

pub(crate) fn stdout(cx: &mut Context) -> JsResult<JsValue> {
    let stream = output(1, cx)?;
    crate::console::stdio_made(crate::console::Fd::Stdout, &stream, cx)?;
    Ok(stream.into())
}

pub(crate) fn stderr(cx: &mut Context) -> JsResult<JsValue> {
    let stream = output(2, cx)?;
    crate::console::stdio_made(crate::console::Fd::Stderr, &stream, cx)?;
    Ok(stream.into())
}

/// What `process.stdin` reads from.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Input {
    #[unsafe_ignore_trace]
    shared: Rc<Shared>,
}

struct Shared {
    number: i32,
    /// A duplicate, so that dropping it leaves the descriptor itself alone.
    fd: OwnedFd,
    token: Cell<Option<Token>>,
    stream: RefCell<Option<JsObject>>,
    reading: Cell<bool>,
}

/// `ReadStream` of standard input when it is a device; that of a terminal is `tty`'s.
pub(crate) static READ_STREAM: Class = Class {
    name: "ReadStream",
    length: 1,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::renamed("_read", "", 1, stream::native::read),
        Member::renamed("_destroy", "", 2, stream::native::destroy),
        Export::function("ref", 0, |this, _, cx| set_ref(this, true, cx)),
        Export::function("unref", 0, |this, _, cx| set_ref(this, false, cx)),
    ],
    statics: &[],
};

struct Spring;
static SPRING: Spring = Spring;

impl Native for Spring {
    fn read(&self, stream: &JsObject, _size: usize, cx: &mut Context) -> JsResult<()> {
        let input = Slot::<Input>::of(&stream.clone().into(), "ReadStream", cx)?;
        let shared = input.borrow().data().shared.clone();
        shared.reading.set(true);
        *shared.stream.borrow_mut() = Some(stream.clone());
        let host = Host::of(cx);
        let event_loop = host.event_loop();
        let watched = match shared.token.get() {
            Some(token) => event_loop.interest(token, Interest::READABLE),
            None => event_loop.register(&shared.fd, Interest::READABLE, shared.clone()).map(|token| shared.token.set(Some(token))),
        };
        if watched.is_err() {
            // /dev/null and the like are always ready: the reactor does not take them.
            take(&shared, cx)?;
        }
        Ok(())
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let input = Slot::<Input>::of(&stream.clone().into(), "ReadStream", cx)?;
        let shared = input.borrow().data().shared.clone();
        forget(&shared, cx);
        done.call(error, cx)
    }
}

impl Source<Context> for Shared {
    fn ready(self: Rc<Self>, _ready: Ready, cx: &mut Context) {
        let host = Host::of(cx);
        host.enter_with(cx, |cx| take(&self, cx));
    }

    fn label(&self) -> &'static str {
        "TTYWrap"
    }
}

/// Reads once what is there.
fn take(shared: &Rc<Shared>, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = shared.stream.borrow().clone() else { return Ok(()) };
    let host = Host::of(cx);
    let mut bytes = vec![0; CHUNK_LEN];
    match host.sys().fs().read(shared.number, &mut bytes, None) {
        Ok(0) => {
            forget(shared, cx);
            stream::push(&stream, None, cx).map(drop)
        }
        Ok(read) => {
            bytes.truncate(read);
            shared.reading.set(false);
            stream::push(&stream, Some(bytes.into()), cx)?;
            // Nobody asked for more: the kernel keeps it.
            if !shared.reading.get()
                && let Some(token) = shared.token.take()
            {
                let _ = host.event_loop().deregister(token);
            }
            Ok(())
        }
        Err(error) if error.is(errno::EAGAIN) || error.is(errno::EINTR) => Ok(()),
        Err(error) => {
            forget(shared, cx);
            let error = errors::system_object(&error, cx)?;
            stream::error_or_destroy(&stream, error.into(), false, cx)
        }
    }
}

fn forget(shared: &Rc<Shared>, cx: &Context) {
    if let Some(token) = shared.token.take() {
        // It was registered by us and the descriptor is still open.
        let _ = Host::of(cx).event_loop().deregister(token);
    }
    *shared.stream.borrow_mut() = None;
}

/// Bytes read at a time.
const CHUNK_LEN: usize = 64 * 1024;

fn shared_of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Shared>> {
    let input = Slot::<Input>::of(this, "ReadStream", cx)?;
    let shared = input.borrow().data().shared.clone();
    Ok(shared)
}

fn set_ref(this: &JsValue, yes: bool, cx: &mut Context) -> JsResult<JsValue> {
    let shared = shared_of(this, cx)?;
    if let Some(token) = shared.token.get() {
        Host::of(cx).event_loop().token_ref(token, yes);
    }
    Ok(this.clone())
}

/// Makes an object a stream that reads from a descriptor.
pub(crate) fn init_input(object: &JsObject, number: i32, cx: &mut Context) -> JsResult<()> {
    let fd = Host::of(cx).sys().fs().duplicate(number).map_err(|error| errors::system(&error, cx))?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("highWaterMark"), CHUNK_LEN as i32, cx)?;
    stream::init_readable(object, &options.into(), cx)?;
    let shared = Rc::new(Shared { number, fd, token: Cell::new(None), stream: RefCell::new(None), reading: Cell::new(false) });
    Slot::set(object, Input { shared }, cx)?;
    stream::attach(object, &SPRING, cx)?;
    let paused = coil_engine::table::closure("", 0, object.clone(), stop_when_paused, cx);
    crate::events::on(object, js_string!("pause"), paused, cx)
}

/// What is paused must not keep the process alive: nothing is watched until somebody reads again.
fn stop_when_paused(_this: &JsValue, _args: &[JsValue], stream: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let stream = stream.clone();
    Host::of(cx).next_tick_native(move |cx| {
        if stream.get(js_string!("readableFlowing"), cx)?.to_boolean() {
            return Ok(());
        }
        let shared = shared_of(&stream.clone().into(), cx)?;
        forget(&shared, cx);
        if let Some(readable) = stream::readable_state(&stream, cx)? {
            readable.set_reading(false);
        }
        Ok(())
    });
    Ok(JsValue::undefined())
}

/// The descriptor that such a stream reads from.
pub(crate) fn input_fd(stream: &JsValue, cx: &mut Context) -> JsResult<i32> {
    Ok(shared_of(stream, cx)?.number)
}

/// Standard input that is the channel to the parent, or closed: a stream that never gives anything.
fn silent_stdin(cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    for (key, on) in [("readable", true), ("writable", false)] {
        options.create_data_property_or_throw(js_string!(key), on, cx)?;
    }
    Ok(crate::net::SOCKET.construct(&[options.into()], cx)?.into())
}

/// Standard input that is a pipe or a socket: a `net.Socket`, as in Node, over a duplicate of descriptor 0.
fn piped_stdin(kind: HandleKind, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let net = host.sys().net();
    let Ok(fd) = host.sys().fs().duplicate(0) else { return silent_stdin(cx) };
    let kind = match kind {
        HandleKind::Tcp => StreamKind::Tcp,
        _ if net.local_address(&fd).is_ok() => StreamKind::Pipe,
        _ => StreamKind::Fifo,
    };
    if let Err(error) = net.set_nonblocking(&fd, true) {
        return Err(errors::system(&error, cx));
    }
    let conn = Conn::new(kind, Some(fd), cx);
    let handle = of_conn(&conn, cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("handle", handle.into()), ("readable", true.into()), ("writable", false.into()), ("manualStart", JsValue::from(true))] {
        options.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    let socket = crate::net::SOCKET.construct(&[options.into()], cx)?;
    socket.create_data_property_or_throw(js_string!("_type"), js_string!("pipe"), cx)?;
    socket.create_data_property_or_throw(js_string!("fd"), 0, cx)?;
    // What is paused must not keep the process alive.
    let paused = coil_engine::table::closure(
        "",
        0,
        socket.clone(),
        |_this, _args, socket, cx| {
            let socket = socket.clone();
            Host::of(cx).next_tick_native(move |cx| {
                let flows = socket.get(js_string!("readableFlowing"), cx)?.to_boolean();
                let handle = socket.get(js_string!("_handle"), cx)?;
                if let (false, Some(Inner::Conn(conn))) = (flows, inner_of(&handle)) {
                    conn.read_stop();
                }
                Ok(())
            });
            Ok(JsValue::undefined())
        },
        cx,
    );
    crate::events::on(&socket, js_string!("pause"), paused, cx)?;
    Ok(socket.into())
}

pub(crate) fn stdin(cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    if let Some(stdin) = crate::worker_threads::stdin_of_worker(cx)? {
        return Ok(stdin);
    }
    match host.sys().stdio().kind(0) {
        HandleKind::File => crate::fs::read_stream_of_fd(0, cx),
        kind @ (HandleKind::Pipe | HandleKind::Tcp) => piped_stdin(kind, cx),
        HandleKind::Tty => {
            let terminal = tty::READ_STREAM.construct(&[0.into()], cx)?;
            terminal.create_data_property_or_throw(js_string!("fd"), 0, cx)?;
            Ok(terminal.into())
        }
        HandleKind::Udp | HandleKind::Unknown => empty_stdin(cx),
    }
}

/// Standard input that nothing can be read from, such as a folder: a stream at its end.
fn empty_stdin(cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    let read = coil_engine::table::function(|_, _, _| Ok(JsValue::undefined()), js_string!("read"), 0, cx);
    options.create_data_property_or_throw(js_string!("read"), read, cx)?;
    let empty = stream::READABLE.construct(&[options.into()], cx)?;
    stream::push(&empty, None, cx)?;
    empty.create_data_property_or_throw(js_string!("fd"), 0, cx)?;
    Ok(empty.into())
}
