//! `ReadableStream`: the stream itself, and what readers and controllers do to it.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
};

use super::{
    byte_controller::{self, ByteController},
    core::{Deferred, Size, Strategy, dictionary, handled, inspect_member, inspected, method_of, react, rejecting, shown, state_error, wrapper},
    default_controller::{self, DefaultController},
    iterate, pipe,
    reader::{self, BYOB_READER, DEFAULT_READER, Reader},
    tee,
    writable::{Ws, writable_of},
};

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Readable,
    Closed,
    Errored,
}

/// A readable stream.
pub(crate) type Rs = Gc<Readable>;

#[derive(Trace, Finalize)]
pub(crate) struct Readable {
    #[unsafe_ignore_trace]
    pub(super) state: Cell<State>,
    #[unsafe_ignore_trace]
    pub(super) disturbed: Cell<bool>,
    pub(super) error: GcRefCell<JsValue>,
    pub(super) reader: GcRefCell<Option<Reader>>,
    pub(super) controller: GcRefCell<Option<Controller>>,
    /// For `stream.finished`.
    pub(crate) closed: Deferred,
    object: GcRefCell<Option<JsObject>>,
}

/// Who fills a stream.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Controller {
    Default(Gc<DefaultController>),
    Byte(Gc<ByteController>),
}

impl Controller {
    /// The stream fails with this reason.
    pub(super) fn error(&self, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Default(controller) => default_controller::error(controller, reason, cx),
            Self::Byte(controller) => byte_controller::error(controller, reason, cx),
        }
    }
}

/// What a controller asks for chunks.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Source {
    Nothing,
    /// A script's object and its methods.
    Script {
        this: JsValue,
        pull: Option<boa_engine::object::builtins::JsFunction>,
        cancel: Option<boa_engine::object::builtins::JsFunction>,
    },
    Native(NativeSource),
}

/// A source in Rust: functions, and the object they work on.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct NativeSource {
    pub(crate) data: JsObject,
    #[unsafe_ignore_trace]
    pub(crate) pull: fn(&JsObject, &mut Context) -> JsResult<JsValue>,
    #[unsafe_ignore_trace]
    pub(crate) cancel: fn(&JsObject, JsValue, &mut Context) -> JsResult<JsValue>,
}

impl Source {
    pub(super) fn pull(&self, controller: impl FnOnce(&mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<JsPromise> {
        let result = match self {
            Self::Nothing | Self::Script { pull: None, .. } => Ok(JsValue::undefined()),
            Self::Script { this, pull: Some(pull), .. } => {
                let controller = controller(cx)?;
                pull.call(this, &[controller], cx)
            }
            Self::Native(native) => (native.pull)(&native.data, cx),
        };
        super::core::promised(result, cx)
    }

    pub(super) fn cancel(&self, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
        let result = match self {
            Self::Nothing | Self::Script { cancel: None, .. } => Ok(JsValue::undefined()),
            Self::Script { this, cancel: Some(cancel), .. } => cancel.call(this, &[reason], cx),
            Self::Native(native) => (native.cancel)(&native.data, reason, cx),
        };
        super::core::promised(result, cx)
    }
}

wrapper!(ReadableObject, Readable, readable_of);

/// `ReadableStream`
pub(super) static READABLE_STREAM: Class = Class {
    name: "ReadableStream",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("locked", |this, _args, cx| Ok(of(this, cx)?.is_locked().into())).enumerable(true),
        Export::function("cancel", 0, |this, args, cx| {
            let result = cancel_method(this, args.get_or_undefined(0), cx);
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("getReader", 0, get_reader).enumerable(true),
        Export::function("pipeThrough", 1, pipe_through).enumerable(true),
        Export::function("pipeTo", 1, |this, args, cx| {
            let result = pipe_to(this, args, cx);
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("tee", 0, |this, _args, cx| {
            let stream = of(this, cx)?;
            let (one, other) = tee::tee(&stream, false, cx)?;
            let pair = [stream_value(&one, cx)?, stream_value(&other, cx)?];
            Ok(boa_engine::object::builtins::JsArray::from_iter(pair, cx).into())
        })
        .enumerable(true),
        Export::function("values", 0, iterate::values).enumerable(true),
        Export::symbol_getter(Symbol::For("nodejs.stream.disturbed"), |this, _args, cx| Ok(of(this, cx)?.disturbed.get().into())),
        Export::symbol_getter(Symbol::For("nodejs.stream.errored"), |this, _args, cx| Ok((of(this, cx)?.state.get() == State::Errored).into())),
        Export::symbol_getter(Symbol::For("nodejs.stream.readable"), |this, _args, cx| Ok((of(this, cx)?.state.get() == State::Readable).into())),
        Export::symbol_getter(Symbol::For("nodejs.webstream.isClosedPromise"), |this, _args, cx| {
            let promise = of(this, cx)?.closed.promise.clone();
            closed_holder(&promise, cx)
        }),
        Export::symbol(Symbol::For("nodejs.webstream.controllerErrorFunction"), "", 1, |this, args, cx| {
            let reason = args.get_or_undefined(0);
            if let Some(controller) = of(this, cx)?.controller() {
                controller.error(reason, cx)?;
            }
            Ok(JsValue::undefined())
        }),
        inspect_member(inspect),
        Export::symbol_alias(Symbol::AsyncIterator, "values"),
        Export::tag("ReadableStream"),
    ],
    statics: &[Export::function("from", 1, super::from_iterable::from).enumerable(true)],
};

/// `{ promise }`, as `stream.finished` looks for it.
pub(super) fn closed_holder(promise: &JsPromise, cx: &mut Context) -> JsResult<JsValue> {
    let holder = JsObject::with_object_proto(cx.intrinsics());
    holder.create_data_property_or_throw(js_string!("promise"), promise.clone(), cx)?;
    Ok(holder.into())
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rs> {
    readable_of(this).ok_or_else(|| errors::invalid_this("ReadableStream", cx))
}

/// A stream without a controller yet.
pub(crate) fn blank(cx: &mut Context) -> JsResult<Rs> {
    let closed = Deferred::new(cx);
    handled(&closed.promise, cx)?;
    Ok(Gc::new(Readable {
        state: Cell::new(State::Readable),
        disturbed: Cell::new(false),
        error: GcRefCell::new(JsValue::undefined()),
        reader: GcRefCell::new(None),
        controller: GcRefCell::new(None),
        closed,
        object: GcRefCell::new(None),
    }))
}

/// The object of a stream.
pub(crate) fn stream_value(stream: &Rs, cx: &mut Context) -> JsResult<JsValue> {
    shown(&stream.object, &READABLE_STREAM, || ReadableObject(stream.clone()), cx)
}

/// A stream with a native source.
pub(crate) fn with_source(source: Source, high_water_mark: f64, size: Size, cx: &mut Context) -> JsResult<(Rs, Gc<DefaultController>)> {
    let stream = blank(cx)?;
    let controller = default_controller::set_up(&stream, source, high_water_mark, size, |_, _| Ok(JsValue::undefined()), cx)?;
    Ok((stream, controller))
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (source, strategy) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if !source.is_undefined() && !source.is_object() {
        return Err(errors::invalid_arg_type("source", "object", source, cx));
    }
    let strategy = Strategy::read(strategy, "strategy", cx)?;
    let prototype = instance_prototype(&READABLE_STREAM, cx)?;
    let stream = blank(cx)?;
    let object = JsObject::from_proto_and_data(prototype, ReadableObject(stream.clone()));
    *stream.object.borrow_mut() = Some(object.clone());

    let given = source.as_object();
    let kind = match &given {
        Some(given) => given.get(js_string!("type"), cx)?,
        None => JsValue::undefined(),
    };
    let bytes = !kind.is_undefined() && kind.to_string(cx)? == boa_engine::js_str!("bytes");
    if !bytes && !kind.is_undefined() {
        return Err(errors::invalid_arg_value("source.type", &kind, "is invalid", cx));
    }
    let mark;
    let mut size = Size::One;
    if bytes {
        strategy.refuse_size(cx)?;
        mark = strategy.high_water_mark(0.0, cx)?;
    } else {
        mark = strategy.high_water_mark(1.0, cx)?;
        size = strategy.size(cx)?;
    }
    let auto = match (&given, bytes) {
        (Some(given), true) => given.get(js_string!("autoAllocateChunkSize"), cx)?,
        _ => JsValue::undefined(),
    };
    if auto.as_number() == Some(0.0) {
        return Err(errors::invalid_arg_value("source.autoAllocateChunkSize", &auto, "is invalid", cx));
    }
    let start = match &given {
        Some(given) => given.get(js_string!("start"), cx)?,
        None => JsValue::undefined(),
    };
    if start.to_boolean() && !start.is_callable() {
        return Err(errors::plain(errors::Base::Type, "Bind must be called on a function"));
    }
    let pull = method_of(given.as_ref(), "pull", "source.pull", cx)?;
    let cancel = method_of(given.as_ref(), "cancel", "source.cancel", cx)?;
    let algorithms = Source::Script { this: source.clone(), pull, cancel };
    let (start, source) = (start.as_function(), source.clone());
    if bytes {
        let auto = if auto.is_undefined() { None } else { Some(auto.to_length(cx)? as usize) };
        byte_controller::set_up(
            &stream,
            algorithms,
            mark,
            auto,
            |controller, cx| match start {
                Some(start) => {
                    let controller = byte_controller::value(controller, cx)?;
                    start.call(&source, &[controller], cx)
                }
                None => Ok(JsValue::undefined()),
            },
            cx,
        )?;
    } else {
        default_controller::set_up(
            &stream,
            algorithms,
            mark,
            size,
            |controller, cx| match start {
                Some(start) => {
                    let controller = default_controller::value(controller, cx)?;
                    start.call(&source, &[controller], cx)
                }
                None => Ok(JsValue::undefined()),
            },
            cx,
        )?;
    }
    Ok(object.into())
}

/// Cancels a stream that native code made, locked or not.
pub(crate) fn cancel_value(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let stream = of(&stream.clone().into(), cx)?;
    cancel(&stream, JsValue::undefined(), cx).map(drop)
}

fn cancel_method(this: &JsValue, reason: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let stream = of(this, cx)?;
    if stream.is_locked() {
        return Err(state_error("ReadableStream is locked", cx));
    }
    cancel(&stream, reason.clone(), cx).map(JsValue::from)
}

fn get_reader(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    of(this, cx)?;
    let options = dictionary(args.get_or_undefined(0), "options", cx)?;
    let mode = match &options {
        Some(options) => options.get(js_string!("mode"), cx)?,
        None => JsValue::undefined(),
    };
    if mode.is_undefined() {
        return DEFAULT_READER.construct(std::slice::from_ref(this), cx).map(JsValue::from);
    }
    if mode.to_string(cx)? != boa_engine::js_str!("byob") {
        return Err(errors::invalid_arg_value("options.mode", &mode, "is invalid", cx));
    }
    BYOB_READER.construct(std::slice::from_ref(this), cx).map(JsValue::from)
}

fn pipe_through(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = of(this, cx)?;
    let transform = args.get_or_undefined(0);
    let (readable, writable) = match transform.as_object() {
        Some(transform) => (transform.get(js_string!("readable"), cx)?, transform.get(js_string!("writable"), cx)?),
        None => Default::default(),
    };
    if readable_of(&readable).is_none() {
        return Err(errors::invalid_arg_type("transform.readable", "ReadableStream", &readable, cx));
    }
    let Some(destination) = writable_of(&writable) else { return Err(errors::invalid_arg_type("transform.writable", "WritableStream", &writable, cx)) };
    let options = pipe::Options::read(args.get_or_undefined(1), cx)?;
    let promise = pipe_unlocked(&stream, &destination, options, cx)?;
    handled(&promise, cx)?;
    Ok(readable)
}

fn pipe_to(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = of(this, cx)?;
    let Some(destination) = writable_of(args.get_or_undefined(0)) else {
        return Err(errors::invalid_arg_type("transform.writable", "WritableStream", args.get_or_undefined(0), cx));
    };
    let options = pipe::Options::read(args.get_or_undefined(1), cx)?;
    pipe_unlocked(&stream, &destination, options, cx).map(JsValue::from)
}

fn pipe_unlocked(stream: &Rs, destination: &Ws, options: pipe::Options, cx: &mut Context) -> JsResult<JsPromise> {
    if stream.is_locked() {
        return Err(state_error("The ReadableStream is locked", cx));
    }
    if destination.is_locked() {
        return Err(state_error("The WritableStream is locked", cx));
    }
    pipe::pipe_to(stream, destination, options, cx)
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = of(this, cx)?;
    let state = match stream.state.get() {
        State::Readable => "readable",
        State::Closed => "closed",
        State::Errored => "errored",
    };
    let byob = stream.is_byte();
    inspected(this, vec![("locked", stream.is_locked().into()), ("state", js_string!(state).into()), ("supportsBYOB", byob.into())], args, cx)
}

impl Readable {
    pub(crate) fn is_locked(&self) -> bool {
        self.reader.borrow().is_some()
    }

    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.get()
    }

    pub(crate) fn is_byte(&self) -> bool {
        matches!(&*self.controller.borrow(), Some(Controller::Byte(_)))
    }

    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    pub(crate) fn error(&self) -> JsValue {
        self.error.borrow().clone()
    }

    pub(super) fn controller(&self) -> Option<Controller> {
        self.controller.borrow().clone()
    }

    pub(super) fn reader(&self) -> Option<Reader> {
        self.reader.borrow().clone()
    }

    /// Requests of a default reader that wait.
    pub(super) fn read_requests(&self) -> usize {
        match &*self.reader.borrow() {
            Some(Reader::Default(reader)) => reader.requests.borrow().len(),
            _ => 0,
        }
    }

    pub(super) fn has_default_reader(&self) -> bool {
        matches!(&*self.reader.borrow(), Some(Reader::Default(_)))
    }

    /// Requests of a BYOB reader that wait.
    pub(super) fn read_into_requests(&self) -> usize {
        match &*self.reader.borrow() {
            Some(Reader::Byob(reader)) => reader.requests.borrow().len(),
            _ => 0,
        }
    }

    pub(super) fn has_byob_reader(&self) -> bool {
        matches!(&*self.reader.borrow(), Some(Reader::Byob(_)))
    }
}

/// ReadableStreamCancel
pub(crate) fn cancel(stream: &Rs, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    stream.disturbed.set(true);
    match stream.state.get() {
        State::Closed => return JsPromise::resolve(JsValue::undefined(), cx),
        State::Errored => {
            let error = stream.error();
            return JsPromise::reject(boa_engine::JsError::from_opaque(error), cx);
        }
        State::Readable => {}
    }
    close(stream, cx)?;
    if let Some(Reader::Byob(reader)) = stream.reader() {
        let requests: Vec<_> = reader.requests.borrow_mut().drain(..).collect();
        for request in requests {
            request.close(JsValue::undefined(), cx)?;
        }
    }
    let source = match stream.controller() {
        Some(Controller::Default(controller)) => default_controller::cancel_steps(&controller, reason, cx)?,
        Some(Controller::Byte(controller)) => byte_controller::cancel_steps(&controller, reason, cx)?,
        None => JsPromise::resolve(JsValue::undefined(), cx)?,
    };
    react(&source, &(), |(), _, _| Ok(JsValue::undefined()), |(), reason, _| Err(boa_engine::JsError::from_opaque(reason)), cx)
}

/// ReadableStreamClose
pub(super) fn close(stream: &Rs, cx: &mut Context) -> JsResult<()> {
    stream.state.set(State::Closed);
    stream.closed.resolve(JsValue::undefined(), cx)?;
    let Some(reader) = stream.reader() else { return Ok(()) };
    reader.closed().resolve(JsValue::undefined(), cx)?;
    if let Reader::Default(reader) = reader {
        let requests: Vec<_> = reader.requests.borrow_mut().drain(..).collect();
        for request in requests {
            request.close(cx)?;
        }
    }
    Ok(())
}

/// ReadableStreamError
pub(super) fn error(stream: &Rs, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    stream.state.set(State::Errored);
    *stream.error.borrow_mut() = reason.clone();
    stream.closed.reject(reason, cx)?;
    let Some(reader) = stream.reader() else { return Ok(()) };
    let closed = reader.closed();
    closed.reject(reason, cx)?;
    handled(&closed.promise, cx)?;
    reader::error_requests(&reader, reason, cx)
}
