//! Streams that move to another thread: a stream here, a stream there, and a channel in between that carries chunks one way and demand
//! for them the other.
//!
//! <https://streams.spec.whatwg.org/#transferrable-streams>. As in Node, a channel alone keeps no program alive.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsData, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::op::thrown_value;

use super::{
    core::{Deferred, Size, handled, react},
    default_controller::{self, DefaultController},
    pipe,
    readable::{self, NativeSource, Rs, Source, readable_of},
    transform::{self, transform_of},
    writable::{self, NativeSink, Sink, Ws, writable_of},
};
use crate::{
    dom_exception,
    messaging::{
        line::Line,
        mailbox::{self, End, Letter},
    },
    structured_clone::{self, Carried},
};

/// What of a stream goes to the other thread.
enum Parts {
    Readable(End),
    Writable(End),
    Transform { readable: End, writable: End },
}

struct Moved(Option<Parts>);

/// Packs a stream that was listed to be moved.
pub(crate) fn carrier(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Box<dyn Carried>>> {
    let value = JsValue::from(object.clone());
    let (readable, writable) = match (readable_of(&value), writable_of(&value), transform_of(&value)) {
        (Some(readable), _, _) => (Some(readable), None),
        (_, Some(writable), _) => (None, Some(writable)),
        (_, _, Some(stream)) => transform::sides(&stream),
        _ => return Ok(None),
    };
    if !transfer {
        return Err(clone_error("Object that needs transfer was found in message but not listed in transferList", cx));
    }
    if readable.as_ref().is_some_and(|stream| stream.is_locked()) {
        return Err(clone_error("Cannot transfer a locked ReadableStream", cx));
    }
    if writable.as_ref().is_some_and(|stream| stream.is_locked()) {
        return Err(clone_error("Cannot transfer a locked WritableStream", cx));
    }
    let readable = readable.map(|stream| move_readable(&stream, cx)).transpose()?;
    let writable = writable.map(|stream| move_writable(&stream, cx)).transpose()?;
    let parts = match (readable, writable) {
        (Some(readable), Some(writable)) => Parts::Transform { readable, writable },
        (Some(readable), None) => Parts::Readable(readable),
        (None, Some(writable)) => Parts::Writable(writable),
        (None, None) => return Ok(None),
    };
    Ok(Some(Box::new(Moved(Some(parts)))))
}

fn clone_error(message: &str, cx: &mut Context) -> JsError {
    dom_exception::error(message, "DataCloneError", cx)
}

impl Carried for Moved {
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject> {
        let made = match self.0 {
            Some(Parts::Readable(end)) => readable::stream_value(&incoming(end, cx)?.0, cx)?,
            Some(Parts::Writable(end)) => writable::stream_value(&outgoing(end, cx)?, cx)?,
            Some(Parts::Transform { readable, writable }) => {
                let (readable, writable) = (incoming(readable, cx)?, outgoing(writable, cx)?);
                return transform::of_sides(readable, writable, cx);
            }
            // A stream is in one place only.
            None => return Err(clone_error("The stream was transferred elsewhere", cx)),
        };
        made.to_object(cx)
    }

    fn copy(&self) -> Box<dyn Carried> {
        Box::new(Self(None))
    }
}

/// What the stream gives goes into the channel.
fn move_readable(stream: &Rs, cx: &mut Context) -> JsResult<End> {
    let (own, other) = mailbox::pair();
    let into = outgoing(own, cx)?;
    let piped = pipe::pipe_to(stream, &into, pipe::Options::default(), cx)?;
    handled(&piped, cx)?;
    Ok(other)
}

/// What comes from the channel goes into the stream.
fn move_writable(stream: &Ws, cx: &mut Context) -> JsResult<End> {
    let (own, other) = mailbox::pair();
    let (from, _) = incoming(own, cx)?;
    let piped = pipe::pipe_to(&from, stream, pipe::Options::default(), cx)?;
    handled(&piped, cx)?;
    Ok(other)
}

/// One side of the channel.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Side {
    #[unsafe_ignore_trace]
    line: RefCell<Option<Rc<Line>>>,
    /// Settled when the other side wants a chunk, or has sent one.
    backpressure: GcRefCell<Deferred>,
}

/// A side, without a borrow of its object.
fn with_side<R>(side: &JsObject, body: impl FnOnce(&Side) -> R) -> Option<R> {
    let side = side.downcast_ref::<Side>()?;
    Some(body(&side))
}

fn send(side: &JsObject, kind: &'static str, value: JsValue, cx: &mut Context) -> JsResult<()> {
    // The message is made before the side is looked at: making it may run code of the script.
    let letter = JsArray::from_iter([js_string!(kind).into(), value], cx);
    let message = structured_clone::serialize(&letter.into(), &[], cx)?;
    if let Some(line) = with_side(side, |side| side.line.borrow().clone()).flatten() {
        line.send(message);
    }
    Ok(())
}

fn close(side: &JsObject, cx: &Context) {
    if let Some(line) = with_side(side, |side| side.line.borrow_mut().take()).flatten() {
        drop(line.take(cx));
    }
}

/// The promise that is waited for now, and a new one in its place.
fn renewed(side: &JsObject, cx: &mut Context) -> Option<Deferred> {
    let next = Deferred::new(cx);
    with_side(side, |side| std::mem::replace(&mut *side.backpressure.borrow_mut(), next))
}

/// The two values of a letter.
fn read_letter(letter: Letter, cx: &mut Context) -> JsResult<Option<(String, JsValue)>> {
    let Letter::Message(message) = letter else { return Ok(None) };
    let letter = structured_clone::deserialize(message, cx)?.to_object(cx)?;
    let kind = letter.get(0, cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(Some((kind, letter.get(1, cx)?)))
}

/// SetUpCrossRealmTransformWritable: a stream whose chunks go into the channel.
fn outgoing(end: End, cx: &mut Context) -> JsResult<Ws> {
    let side = JsObject::new_unique(None, Side { line: RefCell::new(None), backpressure: GcRefCell::new(Deferred::new(cx)) }).upcast();
    let sink = NativeSink {
        data: side.clone(),
        write: write_chunk,
        close: |side, cx| {
            send(side, "close", JsValue::undefined(), cx)?;
            close(side, cx);
            Ok(JsValue::undefined())
        },
        abort: |side, reason, cx| {
            // A reason that cannot be cloned is told as such.
            let sent = send(side, "error", reason, cx);
            close(side, cx);
            sent.map(|()| JsValue::undefined())
        },
    };
    let stream = writable::with_sink(Sink::Native(sink), 1.0, Size::One, JsValue::undefined(), cx)?;
    let (told, of) = (stream.clone(), side.clone());
    let line = Line::open(
        end,
        move |letter, cx| {
            match read_letter(letter, cx)? {
                Some((kind, _)) if kind == "pull" => {}
                Some((_, reason)) => writable::error_stream(&told, &reason, cx)?,
                None => close(&of, cx),
            }
            if let Some(deferred) = with_side(&of, |side| side.backpressure.borrow().clone()) {
                deferred.resolve(JsValue::undefined(), cx)?;
            }
            Ok(())
        },
        cx,
    );
    line.start();
    with_side(&side, |side| *side.line.borrow_mut() = Some(line));
    Ok(stream)
}

#[derive(Clone, Trace, Finalize)]
struct Chunk {
    side: JsObject,
    chunk: JsValue,
}

/// Sends a chunk when the other side wants one.
fn write_chunk(side: &JsObject, chunk: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(wanted) = with_side(side, |side| side.backpressure.borrow().promise.clone()) else { return Ok(JsValue::undefined()) };
    let data = Chunk { side: side.clone(), chunk };
    let sent = react(
        &wanted,
        &data,
        |data, _, cx| {
            renewed(&data.side, cx);
            match send(&data.side, "chunk", data.chunk.clone(), cx) {
                Ok(()) => Ok(JsValue::undefined()),
                Err(error) => {
                    let reason = thrown_value(error, cx);
                    send(&data.side, "error", reason.clone(), cx)?;
                    close(&data.side, cx);
                    Err(JsError::from_opaque(reason))
                }
            }
        },
        |_, reason, _| Err(JsError::from_opaque(reason)),
        cx,
    )?;
    Ok(sent.into())
}

/// SetUpCrossRealmTransformReadable: a stream whose chunks come from the channel.
fn incoming(end: End, cx: &mut Context) -> JsResult<(Rs, Gc<DefaultController>)> {
    let side: JsObject = JsObject::new_unique(None, Side { line: RefCell::new(None), backpressure: GcRefCell::new(Deferred::new(cx)) }).upcast();
    let source = NativeSource {
        data: side.clone(),
        pull: |side, cx| {
            send(side, "pull", JsValue::undefined(), cx)?;
            let wanted = with_side(side, |side| side.backpressure.borrow().promise.clone());
            Ok(wanted.map_or_else(JsValue::undefined, JsValue::from))
        },
        cancel: |side, reason, cx| {
            let sent = send(side, "error", reason, cx);
            close(side, cx);
            sent.map(|()| JsValue::undefined())
        },
    };
    let (stream, controller) = readable::with_source(Source::Native(source), 0.0, Size::One, cx)?;
    let (told, of) = (controller.clone(), side.clone());
    let line = Line::open(
        end,
        move |letter, cx| {
            match read_letter(letter, cx)? {
                Some((kind, chunk)) if kind == "chunk" => default_controller::enqueue(&told, chunk, cx)?,
                Some((kind, _)) if kind == "close" => {
                    if default_controller::can_close_or_enqueue(&told) {
                        default_controller::close(&told, cx)?;
                    }
                    close(&of, cx);
                }
                Some((_, reason)) => {
                    default_controller::error(&told, &reason, cx)?;
                    close(&of, cx);
                }
                None => close(&of, cx),
            }
            match renewed(&of, cx) {
                Some(deferred) => deferred.resolve(JsValue::undefined(), cx),
                None => Ok(()),
            }
        },
        cx,
    );
    line.start();
    with_side(&side, |side| *side.line.borrow_mut() = Some(line));
    Ok((stream, controller))
}
