//! `stream.tee()`: two streams of the same chunks.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsValue, object::builtins::JsArray};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{
    byte_controller,
    core::{Deferred, Size, react},
    default_controller,
    readable::{self, Controller, NativeSource, Rs, Source, blank, with_source},
    reader::{self, DefaultReader, Read, ReadRequest, Reader},
};
use crate::{buffer, structured_clone};

/// The state that both branches share.
#[derive(Trace, Finalize)]
struct Tee {
    source: Rs,
    reader: Gc<DefaultReader>,
    #[unsafe_ignore_trace]
    reading: Cell<bool>,
    #[unsafe_ignore_trace]
    read_again: Cell<bool>,
    #[unsafe_ignore_trace]
    cancelled: (Cell<bool>, Cell<bool>),
    reasons: GcRefCell<(JsValue, JsValue)>,
    branches: GcRefCell<Vec<Rs>>,
    cancel: Deferred,
    #[unsafe_ignore_trace]
    bytes: bool,
    /// The second branch gets copies of structured values.
    #[unsafe_ignore_trace]
    clone_second: bool,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Branch {
    tee: Gc<Tee>,
    #[unsafe_ignore_trace]
    second: bool,
}

/// ReadableStreamTee. `clone_second` makes the second branch's chunks copies.
pub(crate) fn tee(source: &Rs, clone_second: bool, cx: &mut Context) -> JsResult<(Rs, Rs)> {
    let reader = reader::acquire(source, cx)?;
    let bytes = source.is_byte();
    let tee = Gc::new(Tee {
        source: source.clone(),
        reader,
        reading: Cell::new(false),
        read_again: Cell::new(false),
        cancelled: (Cell::new(false), Cell::new(false)),
        reasons: GcRefCell::default(),
        branches: GcRefCell::default(),
        cancel: Deferred::new(cx),
        bytes,
        clone_second,
    });
    let mut made = Vec::new();
    for second in [false, true] {
        let data = JsObject::new_unique(None, Branch { tee: tee.clone(), second }).upcast();
        let branch = Source::Native(NativeSource { data, pull, cancel });
        let stream = if bytes {
            let stream = blank(cx)?;
            byte_controller::set_up(&stream, branch, 0.0, None, |_, _| Ok(JsValue::undefined()), cx)?;
            stream
        } else {
            with_source(branch, 1.0, Size::One, cx)?.0
        };
        tee.branches.borrow_mut().push(stream.clone());
        made.push(stream);
    }
    let closed = Reader::Default(tee.reader.clone()).closed().promise;
    react(
        &closed,
        &tee,
        |_, _, _| Ok(JsValue::undefined()),
        |tee, reason, cx| {
            for branch in branches(tee) {
                error(&branch, &reason, cx)?;
            }
            if !tee.cancelled.0.get() || !tee.cancelled.1.get() {
                tee.cancel.resolve(JsValue::undefined(), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    let second = made.pop().expect("two were made");
    let first = made.pop().expect("two were made");
    Ok((first, second))
}

fn branches(tee: &Tee) -> Vec<Rs> {
    tee.branches.borrow().clone()
}

fn error(branch: &Rs, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    match branch.controller() {
        Some(controller) => controller.error(reason, cx),
        None => Ok(()),
    }
}

fn branch_of(data: &JsObject) -> Option<(Gc<Tee>, bool)> {
    let branch = data.downcast_ref::<Branch>()?;
    Some((branch.tee.clone(), branch.second))
}

fn pull(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    if let Some((tee, _)) = branch_of(data) {
        if tee.reading.replace(true) {
            tee.read_again.set(true);
        } else {
            let data = JsObject::new_unique(None, Branch { tee: tee.clone(), second: false }).upcast();
            reader::read(&tee.reader, ReadRequest::Native(took, data), cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn took(data: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    let Some((tee, _)) = branch_of(data) else { return Ok(()) };
    match read {
        // The chunk is given a microtask later, when an error of now has been seen.
        Read::Chunk(chunk) => {
            let resolved = Deferred::resolved(cx)?.promise;
            react(
                &resolved,
                &(tee, chunk),
                |(tee, chunk), _, cx| {
                    give(tee, chunk, cx)?;
                    Ok(JsValue::undefined())
                },
                |_, _, _| Ok(JsValue::undefined()),
                cx,
            )?;
            Ok(())
        }
        Read::Close => {
            tee.reading.set(false);
            let cancelled = [tee.cancelled.0.get(), tee.cancelled.1.get()];
            for (branch, cancelled) in branches(&tee).into_iter().zip(cancelled) {
                if !cancelled {
                    close(&branch, cx)?;
                }
            }
            if cancelled != [true, true] {
                tee.cancel.resolve(JsValue::undefined(), cx)?;
            }
            Ok(())
        }
        Read::Error(_) => {
            tee.reading.set(false);
            Ok(())
        }
    }
}

fn close(branch: &Rs, cx: &mut Context) -> JsResult<()> {
    match branch.controller() {
        Some(Controller::Default(controller)) => default_controller::close(&controller, cx),
        Some(Controller::Byte(controller)) => byte_controller::close_and_answer(&controller, cx),
        None => Ok(()),
    }
}

fn give(tee: &Gc<Tee>, chunk: &JsValue, cx: &mut Context) -> JsResult<()> {
    tee.read_again.set(false);
    let cancelled = [tee.cancelled.0.get(), tee.cancelled.1.get()];
    let both = cancelled == [false, false];
    // Made first: the first branch takes the chunk's memory.
    let copy = if tee.bytes && both { Some(copy_of(chunk, cx)?) } else { None };
    for (index, branch) in branches(tee).into_iter().enumerate() {
        if cancelled[index] {
            continue;
        }
        let second = index == 1;
        let mut chunk = chunk.clone();
        if tee.bytes {
            if let (true, Some(copy)) = (second, &copy) {
                chunk = copy.clone();
            }
        } else if second && tee.clone_second {
            match structured_clone::serialize(&chunk, &[], cx).and_then(|message| structured_clone::deserialize(message, cx)) {
                Ok(copy) => chunk = copy,
                Err(failed) => {
                    let reason = coil_engine::op::thrown_value(failed, cx);
                    for branch in branches(tee) {
                        error(&branch, &reason, cx)?;
                    }
                    let cancelled = readable::cancel(&tee.source, reason, cx)?;
                    return tee.cancel.resolve(cancelled, cx);
                }
            }
        }
        match branch.controller() {
            Some(Controller::Default(controller)) => default_controller::enqueue(&controller, chunk, cx)?,
            Some(Controller::Byte(controller)) => byte_controller::enqueue(&controller, &chunk, cx)?,
            None => {}
        }
    }
    tee.reading.set(false);
    if tee.read_again.get() {
        let data = JsObject::new_unique(None, Branch { tee: tee.clone(), second: false });
        pull(&data.upcast(), cx)?;
    }
    Ok(())
}

/// A view of its own memory.
fn copy_of(chunk: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let bytes = buffer::bytes_of(chunk).unwrap_or_default();
    Ok(boa_engine::object::builtins::JsUint8Array::from_bytes(&bytes, cx)?.into())
}

fn cancel(data: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some((tee, second)) = branch_of(data) else { return Ok(JsValue::undefined()) };
    let (mine, other) = if second { (&tee.cancelled.1, &tee.cancelled.0) } else { (&tee.cancelled.0, &tee.cancelled.1) };
    mine.set(true);
    {
        let mut reasons = tee.reasons.borrow_mut();
        if second {
            reasons.1 = reason;
        } else {
            reasons.0 = reason;
        }
    }
    if other.get() {
        let reasons = tee.reasons.borrow().clone();
        let both = JsArray::from_iter([reasons.0, reasons.1], cx);
        let cancelled = readable::cancel(&tee.source, both.into(), cx)?;
        tee.cancel.resolve(cancelled, cx)?;
    }
    Ok(tee.cancel.promise.clone().into())
}
