//! `ReadableByteStreamController`: a queue of bytes, and views of readers that are filled in place.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue,
    builtins::typed_array::TypedArrayKind,
    bytes::{self, ByteRange},
    object::builtins::{JsArrayBuffer, JsDataView, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors::{self, Base},
    op::thrown_value,
    table::Export,
};

use super::{
    byob_request::{self, Request},
    core::{inspect_member, inspected, shown, state_error, wrapper},
    default_controller::waiting_request,
    readable::{self, Controller, Rs, Source, State},
    reader::{IntoRequest, ReadRequest, Reader},
    supply::{Supplied, Supply, desired_size, follow_start, pull_if_needed},
};
use crate::buffer;

/// The controller of one byte stream.
#[derive(Trace, Finalize)]
pub(crate) struct ByteController {
    pub(super) supply: Supply,
    queue: GcRefCell<VecDeque<Queued>>,
    #[unsafe_ignore_trace]
    total: Cell<usize>,
    #[unsafe_ignore_trace]
    auto_allocate: Option<usize>,
    request: GcRefCell<Option<Gc<Request>>>,
    pub(super) pending: GcRefCell<VecDeque<PullInto>>,
}

/// Bytes that wait: a part of a buffer that is the stream's own.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Queued {
    buffer: JsArrayBuffer,
    #[unsafe_ignore_trace]
    offset: usize,
    #[unsafe_ignore_trace]
    len: usize,
}

/// A view that is to be filled.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct PullInto {
    pub(super) buffer: JsArrayBuffer,
    #[unsafe_ignore_trace]
    pub(super) buffer_len: usize,
    #[unsafe_ignore_trace]
    pub(super) offset: usize,
    #[unsafe_ignore_trace]
    pub(super) len: usize,
    #[unsafe_ignore_trace]
    pub(super) filled: usize,
    #[unsafe_ignore_trace]
    min_fill: usize,
    #[unsafe_ignore_trace]
    element_size: usize,
    #[unsafe_ignore_trace]
    kind: Option<TypedArrayKind>,
    prototype: Option<JsObject>,
    #[unsafe_ignore_trace]
    reader: For,
}

/// Whose view it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Default,
    Byob,
    Nobody,
}

/// A view, taken apart.
#[derive(Clone)]
pub(super) struct View {
    pub(super) buffer: JsArrayBuffer,
    /// None for a DataView.
    pub(super) kind: Option<TypedArrayKind>,
    pub(super) byte_offset: usize,
    pub(super) byte_length: usize,
    pub(super) element_size: usize,
    pub(super) buffer_length: usize,
    prototype: Option<JsObject>,
}

impl View {
    /// `None` for what is no view of an ArrayBuffer.
    pub(super) fn of(value: &JsValue) -> Option<Self> {
        if !buffer::is_view(value) {
            return None;
        }
        let object = value.as_object()?;
        let range = ByteRange::of(&object)?;
        let memory = range.array_buffer()?;
        let kind = buffer::kind_of(value);
        let buffer_length = memory.byte_length();
        let prototype = object.prototype();
        Some(Self { kind, byte_offset: range.byte_offset, byte_length: range.byte_length, element_size: kind.map_or(1, element_size), buffer_length, buffer: memory, prototype })
    }
}

/// Bytes of one element.
fn element_size(kind: TypedArrayKind) -> usize {
    match kind {
        TypedArrayKind::Int8 | TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => 1,
        TypedArrayKind::Int16 | TypedArrayKind::Uint16 => 2,
        TypedArrayKind::Int32 | TypedArrayKind::Uint32 | TypedArrayKind::Float32 => 4,
        TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 | TypedArrayKind::Float64 => 8,
        #[allow(unreachable_patterns, reason = "Float16 is there with a feature of the engine")]
        _ => 2,
    }
}

type Controlled = Gc<ByteController>;

wrapper!(ControllerObject, ByteController, controller_of);

/// `ReadableByteStreamController`
pub(super) static BYTE_CONTROLLER: Class = Class {
    name: "ReadableByteStreamController",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("byobRequest", |this, _args, cx| {
            let controller = of(this, cx)?;
            request_value(&controller, cx)
        })
        .enumerable(true),
        Export::getter("desiredSize", |this, _args, cx| Ok(desired_size(&*of(this, cx)?).map_or_else(JsValue::null, JsValue::from))).enumerable(true),
        Export::function("close", 0, |this, _args, cx| {
            let controller = of(this, cx)?;
            check_open(&controller, cx)?;
            close(&controller, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("enqueue", 1, |this, args, cx| {
            let controller = of(this, cx)?;
            let chunk = args.get_or_undefined(0);
            if !buffer::is_view(chunk) {
                return Err(errors::invalid_arg_type("buffer", "Buffer|TypedArray|DataView", chunk, cx));
            }
            if View::of(chunk).is_none_or(|view| view.byte_length == 0 || view.buffer_length == 0) {
                return Err(state_error("chunk ArrayBuffer is zero-length or detached", cx));
            }
            check_open(&controller, cx)?;
            enqueue(&controller, chunk, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("error", 0, |this, args, cx| {
            let controller = of(this, cx)?;
            error(&controller, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            of(this, cx)?;
            inspected(this, Vec::new(), args, cx)
        }),
        Export::tag("ReadableByteStreamController"),
    ],
    statics: &[],
};

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Controlled> {
    controller_of(this).ok_or_else(|| errors::invalid_this("ReadableByteStreamController", cx))
}

fn check_open(controller: &ByteController, cx: &mut Context) -> JsResult<()> {
    if controller.supply.close_requested.get() {
        return Err(state_error("Controller is already closed", cx));
    }
    if controller.supply.stream.state.get() != State::Readable {
        return Err(state_error("ReadableStream is already closed", cx));
    }
    Ok(())
}

/// The object that a script's source gets.
pub(super) fn value(controller: &Controlled, cx: &mut Context) -> JsResult<JsValue> {
    shown(&controller.supply.object, &BYTE_CONTROLLER, || ControllerObject(controller.clone()), cx)
}

impl Supplied for ByteController {
    fn supply(&self) -> &Supply {
        &self.supply
    }

    fn queued(&self) -> f64 {
        self.total.get() as f64
    }

    fn value(controller: &Controlled, cx: &mut Context) -> JsResult<JsValue> {
        value(controller, cx)
    }

    fn error(controller: &Controlled, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        error(controller, reason, cx)
    }
}

fn request_value(controller: &Controlled, cx: &mut Context) -> JsResult<JsValue> {
    let made = controller.request.borrow().clone();
    if let Some(request) = made {
        return byob_request::value(&request, cx);
    }
    let first = controller.pending.borrow().front().cloned();
    let Some(first) = first else { return Ok(JsValue::null()) };
    let view = bytes::typed_array(TypedArrayKind::Uint8, &first.buffer, first.offset + first.filled, first.len - first.filled, None, cx)?;
    let request = byob_request::new(controller.clone(), view);
    *controller.request.borrow_mut() = Some(request.clone());
    byob_request::value(&request, cx)
}

fn invalidate_request(controller: &ByteController) {
    if let Some(request) = controller.request.borrow_mut().take() {
        request.invalidate();
    }
}

/// SetUpReadableByteStreamController: `start` is called now.
pub(crate) fn set_up(
    stream: &Rs,
    source: Source,
    high_water_mark: f64,
    auto_allocate: Option<usize>,
    start: impl FnOnce(&Controlled, &mut Context) -> JsResult<JsValue>,
    cx: &mut Context,
) -> JsResult<Controlled> {
    let controller = Gc::new(ByteController {
        supply: Supply::new(stream, source, high_water_mark),
        queue: GcRefCell::default(),
        total: Cell::new(0),
        auto_allocate,
        request: GcRefCell::new(None),
        pending: GcRefCell::default(),
    });
    *stream.controller.borrow_mut() = Some(Controller::Byte(controller.clone()));
    let started = start(&controller, cx)?;
    follow_start(&controller, started, cx)?;
    Ok(controller)
}

fn clear_algorithms(controller: &ByteController) {
    *controller.supply.source.borrow_mut() = Source::Nothing;
}

fn reset_queue(controller: &ByteController) {
    controller.queue.borrow_mut().clear();
    controller.total.set(0);
}

fn clear_pending(controller: &ByteController) {
    invalidate_request(controller);
    controller.pending.borrow_mut().clear();
}

/// ReadableByteStreamControllerClose
pub(crate) fn close(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    if !controller.supply.is_open() {
        return Ok(());
    }
    if controller.total.get() > 0 {
        controller.supply.close_requested.set(true);
        return Ok(());
    }
    let partial = controller.pending.borrow().front().is_some_and(|first| first.filled % first.element_size != 0);
    if partial {
        let failed = state_error("Partial read", cx);
        let reason = thrown_value(failed, cx);
        error(controller, &reason, cx)?;
        return Err(JsError::from_opaque(reason));
    }
    clear_algorithms(controller);
    readable::close(&controller.supply.stream, cx)
}

/// Closes, and answers a view that waits: a branch of a tee does.
pub(super) fn close_and_answer(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    close(controller, cx)?;
    if controller.pending.borrow().is_empty() { Ok(()) } else { respond(controller, 0, cx) }
}

/// Answers a view that still waits at a closed stream: there is nothing for it.
pub(crate) fn answer(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    if controller.pending.borrow().is_empty() || controller.supply.stream.state.get() != State::Closed { Ok(()) } else { respond(controller, 0, cx) }
}

/// ReadableByteStreamControllerError
pub(crate) fn error(controller: &Controlled, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if controller.supply.stream.state.get() != State::Readable {
        return Ok(());
    }
    clear_pending(controller);
    reset_queue(controller);
    clear_algorithms(controller);
    readable::error(&controller.supply.stream, reason, cx)
}

/// TransferArrayBuffer; what cannot be detached, such as the pool of buffers, is copied.
pub(super) fn transfer(memory: &JsArrayBuffer, cx: &mut Context) -> JsResult<JsArrayBuffer> {
    if memory.is_detachable() && memory.data().is_some() {
        let block = memory.detach(&JsValue::undefined())?;
        return JsArrayBuffer::adopt(block, cx);
    }
    let copy = memory.data().map(|data| bytes::copied(&data));
    match copy {
        Some(copy) => JsArrayBuffer::adopt(copy, cx),
        None => Err(errors::plain(Base::Type, "Cannot perform ArrayBuffer.prototype.transfer on a detached ArrayBuffer")),
    }
}

/// ReadableByteStreamControllerEnqueue
pub(crate) fn enqueue(controller: &Controlled, chunk: &JsValue, cx: &mut Context) -> JsResult<()> {
    let stream = &controller.supply.stream;
    if !controller.supply.is_open() {
        return Ok(());
    }
    let Some(view) = View::of(chunk) else { return Ok(()) };
    let transferred = transfer(&view.buffer, cx)?;
    let first = controller.pending.borrow().front().cloned();
    if let Some(first) = first {
        if first.buffer.data().is_none() {
            return Err(state_error("Destination ArrayBuffer is detached", cx));
        }
        invalidate_request(controller);
        let moved = transfer(&first.buffer, cx)?;
        if let Some(first) = controller.pending.borrow_mut().front_mut() {
            first.buffer = moved;
        }
        if first.reader == For::Nobody {
            enqueue_detached(controller, cx)?;
        }
    }
    let queued = Queued { buffer: transferred, offset: view.byte_offset, len: view.byte_length };
    if stream.has_default_reader() {
        // Requests take what is queued first.
        while stream.read_requests() > 0 && controller.total.get() > 0 {
            if let Some(request) = waiting_request(stream) {
                fill_read_request(controller, &request, cx)?;
            }
        }
        match waiting_request(stream) {
            None => push(controller, queued),
            Some(request) => {
                controller.pending.borrow_mut().pop_front();
                let view = bytes::typed_array(TypedArrayKind::Uint8, &queued.buffer, queued.offset, queued.len, None, cx)?;
                request.chunk(view.into(), cx)?;
            }
        }
    } else if stream.has_byob_reader() {
        push(controller, queued);
        for filled in process_pending(controller)? {
            commit(controller, &filled, cx)?;
        }
    } else {
        push(controller, queued);
    }
    pull_if_needed(controller, cx)
}

fn push(controller: &ByteController, queued: Queued) {
    controller.total.set(controller.total.get() + queued.len);
    controller.queue.borrow_mut().push_back(queued);
}

/// What a released reader's view got goes to the queue.
fn enqueue_detached(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    let first = controller.pending.borrow_mut().pop_front();
    let Some(first) = first else { return Ok(()) };
    if first.filled > 0 {
        enqueue_copy(controller, &first.buffer, first.offset, first.filled, cx)?;
    }
    Ok(())
}

fn enqueue_copy(controller: &Controlled, memory: &JsArrayBuffer, offset: usize, len: usize, cx: &mut Context) -> JsResult<()> {
    let copy = memory.data().and_then(|data| data.get(offset..offset + len).map(bytes::copied));
    if let Some(copy) = copy {
        let buffer = JsArrayBuffer::adopt(copy, cx)?;
        push(controller, Queued { buffer, offset: 0, len });
    }
    Ok(())
}

fn fill_read_request(controller: &Controlled, request: &ReadRequest, cx: &mut Context) -> JsResult<()> {
    let queued = controller.queue.borrow_mut().pop_front();
    let Some(queued) = queued else { return Ok(()) };
    controller.total.set(controller.total.get() - queued.len);
    drain(controller, cx)?;
    let view = bytes::typed_array(TypedArrayKind::Uint8, &queued.buffer, queued.offset, queued.len, None, cx)?;
    request.chunk(view.into(), cx)
}

/// ReadableByteStreamControllerHandleQueueDrain
fn drain(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    if controller.total.get() == 0 && controller.supply.close_requested.get() {
        clear_algorithms(controller);
        return readable::close(&controller.supply.stream, cx);
    }
    pull_if_needed(controller, cx)
}

/// Fills the first view from the queue; gives whether it has enough.
fn fill_from_queue(controller: &ByteController, descriptor: &mut PullInto) -> bool {
    let copy_max = controller.total.get().min(descriptor.len - descriptor.filled);
    let filled_max = descriptor.filled + copy_max;
    let aligned = filled_max - filled_max % descriptor.element_size;
    let ready = aligned >= descriptor.min_fill;
    let mut left = if ready { aligned - descriptor.filled } else { copy_max };
    let target = ByteRange::of(&descriptor.buffer.clone().into());
    let mut queue = controller.queue.borrow_mut();
    while left > 0 {
        let Some(head) = queue.front_mut() else { break };
        let count = left.min(head.len);
        let source = head.buffer.data().and_then(|data| data.get(head.offset..head.offset + count).map(<[u8]>::to_vec));
        if let (Some(source), Some(target)) = (source, &target) {
            let start = descriptor.offset + descriptor.filled;
            target.write(|bytes| {
                if let Some(place) = bytes.get_mut(start..start + count) {
                    place.copy_from_slice(&source);
                }
            });
        }
        if head.len == count {
            queue.pop_front();
        } else {
            head.offset += count;
            head.len -= count;
        }
        controller.total.set(controller.total.get() - count);
        descriptor.filled += count;
        left -= count;
    }
    ready
}

/// ReadableByteStreamControllerProcessPullIntoDescriptorsUsingQueue: the views that are full enough.
fn process_pending(controller: &Controlled) -> JsResult<Vec<PullInto>> {
    let mut done = Vec::new();
    loop {
        if controller.total.get() == 0 {
            return Ok(done);
        }
        let first = controller.pending.borrow().front().cloned();
        let Some(mut first) = first else { return Ok(done) };
        let ready = fill_from_queue(controller, &mut first);
        let mut pending = controller.pending.borrow_mut();
        if ready {
            pending.pop_front();
            done.push(first);
        } else {
            if let Some(place) = pending.front_mut() {
                *place = first;
            }
            return Ok(done);
        }
    }
}

fn view_of(descriptor: &PullInto, cx: &mut Context) -> JsResult<JsValue> {
    let memory = transfer(&descriptor.buffer, cx)?;
    match descriptor.kind {
        Some(kind) => {
            let length = descriptor.filled / descriptor.element_size;
            Ok(bytes::typed_array(kind, &memory, descriptor.offset, length, descriptor.prototype.as_ref(), cx)?.into())
        }
        None => Ok(JsDataView::from_js_array_buffer(memory, Some(descriptor.offset as u64), Some(descriptor.filled as u64), cx)?.into()),
    }
}

/// ReadableByteStreamControllerCommitPullIntoDescriptor
fn commit(controller: &Controlled, descriptor: &PullInto, cx: &mut Context) -> JsResult<()> {
    let done = controller.supply.stream.state.get() == State::Closed;
    let view = view_of(descriptor, cx)?;
    if descriptor.reader == For::Default {
        let Some(request) = waiting_request(&controller.supply.stream) else { return Ok(()) };
        return if done { request.close(cx) } else { request.chunk(view, cx) };
    }
    let request = match controller.supply.stream.reader() {
        Some(Reader::Byob(reader)) => reader.requests.borrow_mut().pop_front(),
        _ => None,
    };
    match request {
        Some(request) if done => request.close(view, cx),
        Some(request) => request.chunk(view, cx),
        None => Ok(()),
    }
}

/// ReadableByteStreamControllerPullInto
pub(super) fn pull_into(controller: &Controlled, view: &View, min: usize, request: IntoRequest, cx: &mut Context) -> JsResult<()> {
    let memory = match transfer(&view.buffer, cx) {
        Ok(memory) => memory,
        Err(failed) => {
            let reason = thrown_value(failed, cx);
            return request.error(&reason, cx);
        }
    };
    let mut descriptor = PullInto {
        buffer: memory,
        buffer_len: view.buffer_length,
        offset: view.byte_offset,
        len: view.byte_length,
        filled: 0,
        min_fill: min * view.element_size,
        element_size: view.element_size,
        kind: view.kind,
        prototype: view.prototype.clone(),
        reader: For::Byob,
    };
    let stream = &controller.supply.stream;
    if !controller.pending.borrow().is_empty() {
        controller.pending.borrow_mut().push_back(descriptor);
        add_request(stream, request);
        return Ok(());
    }
    if stream.state.get() == State::Closed {
        descriptor.filled = 0;
        let empty = view_of(&descriptor, cx)?;
        return request.close(empty, cx);
    }
    if controller.total.get() > 0 {
        if fill_from_queue(controller, &mut descriptor) {
            let filled = view_of(&descriptor, cx)?;
            drain(controller, cx)?;
            return request.chunk(filled, cx);
        }
        if controller.supply.close_requested.get() {
            let failed = state_error("ReadableStream closed", cx);
            let reason = thrown_value(failed, cx);
            error(controller, &reason, cx)?;
            return request.error(&reason, cx);
        }
    }
    controller.pending.borrow_mut().push_back(descriptor);
    add_request(stream, request);
    pull_if_needed(controller, cx)
}

fn add_request(stream: &Rs, request: IntoRequest) {
    if let Some(Reader::Byob(reader)) = stream.reader() {
        reader.requests.borrow_mut().push_back(request);
    }
}

/// ReadableByteStreamControllerRespond
pub(super) fn respond(controller: &Controlled, written: usize, cx: &mut Context) -> JsResult<()> {
    let first = controller.pending.borrow().front().cloned();
    let Some(first) = first else { return Ok(()) };
    let shown = JsValue::from(written as f64);
    if controller.supply.stream.state.get() == State::Closed {
        if written != 0 {
            return Err(errors::invalid_arg_value("bytesWritten", &shown, "is invalid", cx));
        }
    } else {
        if written == 0 {
            return Err(errors::invalid_arg_value("bytesWritten", &shown, "is invalid", cx));
        }
        if first.filled + written > first.len {
            return Err(errors::invalid_arg_value_of(Base::Range, "bytesWritten", &shown, "is invalid", cx));
        }
    }
    let moved = transfer(&first.buffer, cx)?;
    if let Some(first) = controller.pending.borrow_mut().front_mut() {
        first.buffer = moved;
    }
    respond_internal(controller, written, cx)
}

/// ReadableByteStreamControllerRespondWithNewView
pub(super) fn respond_with_view(controller: &Controlled, given: &JsValue, view: &View, cx: &mut Context) -> JsResult<()> {
    let first = controller.pending.borrow().front().cloned();
    let Some(first) = first else { return Ok(()) };
    if controller.supply.stream.state.get() == State::Closed {
        if view.byte_length != 0 {
            return Err(state_error("View is not zero-length", cx));
        }
    } else if view.byte_length == 0 {
        return Err(state_error("View is zero-length", cx));
    }
    if first.offset + first.filled != view.byte_offset || first.filled + view.byte_length > first.len || first.buffer_len != view.buffer_length {
        return Err(errors::invalid_arg_value_of(Base::Range, "view", given, "is invalid", cx));
    }
    let moved = transfer(&view.buffer, cx)?;
    if let Some(first) = controller.pending.borrow_mut().front_mut() {
        first.buffer = moved;
    }
    respond_internal(controller, view.byte_length, cx)
}

fn respond_internal(controller: &Controlled, written: usize, cx: &mut Context) -> JsResult<()> {
    invalidate_request(controller);
    if controller.supply.stream.state.get() == State::Closed {
        let first = controller.pending.borrow().front().map(|first| first.reader);
        if first == Some(For::Nobody) {
            controller.pending.borrow_mut().pop_front();
        }
        while controller.supply.stream.read_into_requests() > 0 {
            let descriptor = controller.pending.borrow_mut().pop_front();
            let Some(descriptor) = descriptor else { break };
            commit(controller, &descriptor, cx)?;
        }
    } else {
        respond_readable(controller, written, cx)?;
    }
    pull_if_needed(controller, cx)
}

fn respond_readable(controller: &Controlled, written: usize, cx: &mut Context) -> JsResult<()> {
    let mut first = {
        let mut pending = controller.pending.borrow_mut();
        let Some(first) = pending.front_mut() else { return Ok(()) };
        first.filled += written;
        first.clone()
    };
    if first.reader == For::Nobody {
        enqueue_detached(controller, cx)?;
        for filled in process_pending(controller)? {
            commit(controller, &filled, cx)?;
        }
        return Ok(());
    }
    if first.filled < first.min_fill {
        return Ok(());
    }
    controller.pending.borrow_mut().pop_front();
    let rest = first.filled % first.element_size;
    if rest > 0 {
        let end = first.offset + first.filled;
        enqueue_copy(controller, &first.buffer, end - rest, rest, cx)?;
    }
    first.filled -= rest;
    let more = process_pending(controller)?;
    commit(controller, &first, cx)?;
    for filled in more {
        commit(controller, &filled, cx)?;
    }
    Ok(())
}

pub(super) fn cancel_steps(controller: &Controlled, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    clear_pending(controller);
    reset_queue(controller);
    let source = controller.supply.source.borrow().clone();
    let result = source.cancel(reason, cx);
    clear_algorithms(controller);
    result
}

pub(super) fn pull_steps(controller: &Controlled, request: ReadRequest, cx: &mut Context) -> JsResult<()> {
    if controller.total.get() > 0 {
        return fill_read_request(controller, &request, cx);
    }
    if let Some(len) = controller.auto_allocate {
        let memory = match buffer::zeroed(len).and_then(|block| JsArrayBuffer::adopt(block, cx)) {
            Ok(memory) => memory,
            Err(failed) => {
                let reason = thrown_value(failed, cx);
                return request.error(&reason, cx);
            }
        };
        let descriptor =
            PullInto { buffer: memory, buffer_len: len, offset: 0, len, filled: 0, min_fill: 1, element_size: 1, kind: Some(TypedArrayKind::Uint8), prototype: None, reader: For::Default };
        controller.pending.borrow_mut().push_back(descriptor);
    }
    if let Some(Reader::Default(reader)) = controller.supply.stream.reader() {
        reader.requests.borrow_mut().push_back(request);
    }
    pull_if_needed(controller, cx)
}

/// A reader lets go: the first view is nobody's, the others are not filled any more.
pub(super) fn release_steps(controller: &ByteController) {
    let mut pending = controller.pending.borrow_mut();
    pending.truncate(1);
    if let Some(first) = pending.front_mut() {
        first.reader = For::Nobody;
    }
}
