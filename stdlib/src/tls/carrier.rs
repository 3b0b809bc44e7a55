//! A script's own stream in place of a descriptor: TLS over any Duplex.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    Host,
    coil_loop::EventLoop,
    coil_sys::{SysError, errno},
    table,
};

use crate::{
    buffer, events,
    net::{
        conn::{Conn, StreamKind, Then},
        layer::Carrier,
    },
};

/// Runs a connection over a stream. What the connection asks is done in the next turn of the loop, for that is JavaScript.
pub(super) fn connect(stream: &JsObject, cx: &mut Context) -> JsResult<Rc<Conn>> {
    let conn = Conn::new(StreamKind::Pipe, None, cx);
    let carrier = Rc::new(StreamCarrier {
        stream: stream.clone(),
        event_loop: Rc::downgrade(Host::of(cx).event_loop()),
        queue: RefCell::default(),
        scheduled: Cell::new(false),
        reading: Cell::new(true),
        told_reading: Cell::new(true),
        this: RefCell::new(Weak::new()),
        closed: Cell::new(false),
    });
    carrier.this.replace(Rc::downgrade(&carrier));
    conn.set_carrier(carrier);
    let captured = Captured(conn.clone());
    let data = table::closure("ondata", 1, captured.clone(), on_data, cx);
    events::on(stream, js_string!("data"), data, cx)?;
    let end = table::closure("onend", 0, captured, on_end, cx);
    events::on(stream, js_string!("end"), end, cx)?;
    Ok(conn)
}

#[derive(Clone, Trace, Finalize)]
struct Captured(#[unsafe_ignore_trace] Rc<Conn>);

fn on_data(_this: &JsValue, args: &[JsValue], captured: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    let chunk = args.get_or_undefined(0);
    let bytes = match chunk.as_string() {
        Some(text) => buffer::string_to_bytes(&text, buffer::Encoding::Utf8),
        None => buffer::bytes_of(chunk).unwrap_or_default(),
    };
    let conn = captured.0.clone();
    Host::of(cx).event_loop().pending(Box::new(move |cx| conn.feed(&bytes, cx)));
    Ok(JsValue::undefined())
}

fn on_end(_this: &JsValue, _args: &[JsValue], captured: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    let conn = captured.0.clone();
    Host::of(cx).event_loop().pending(Box::new(move |cx| conn.feed_end(cx)));
    Ok(JsValue::undefined())
}

enum Job {
    Write(Vec<u8>, Option<Then>),
    End(Then),
    Close,
}

struct StreamCarrier {
    stream: JsObject,
    event_loop: Weak<EventLoop<Context>>,
    queue: RefCell<VecDeque<Job>>,
    scheduled: Cell<bool>,
    reading: Cell<bool>,
    told_reading: Cell<bool>,
    this: RefCell<Weak<Self>>,
    closed: Cell<bool>,
}

impl StreamCarrier {
    fn schedule(&self) {
        let (Some(event_loop), Some(this)) = (self.event_loop.upgrade(), self.this.borrow().upgrade()) else { return };
        if !self.scheduled.replace(true) {
            event_loop.pending(Box::new(move |cx| {
                this.scheduled.set(false);
                Host::of(cx).enter_with(cx, |cx| this.work(cx));
            }));
        }
    }

    fn work(&self, cx: &mut Context) -> JsResult<()> {
        while let Some(job) = { self.queue.borrow_mut().pop_front() } {
            match job {
                Job::Write(bytes, then) => {
                    let chunk = buffer::from_slice(&bytes, cx)?;
                    let done = when_done("write", then, cx);
                    events::method(&self.stream, "write", &[chunk.into(), done.into()], cx)?;
                }
                Job::End(then) => {
                    let done = when_done("shutdown", Some(then), cx);
                    events::method(&self.stream, "end", &[done.into()], cx)?;
                }
                Job::Close => drop(events::method(&self.stream, "destroy", &[], cx)?),
            }
        }
        let reads = self.reading.get();
        if self.told_reading.replace(reads) != reads {
            events::method(&self.stream, if reads { "resume" } else { "pause" }, &[], cx)?;
        }
        Ok(())
    }
}

#[derive(Trace, Finalize)]
struct Waiting(#[unsafe_ignore_trace] Cell<Option<Then>>, #[unsafe_ignore_trace] &'static str);

/// The stream's callback, as whoever asked for the write wants to hear of it: not within the stream's own call.
fn when_done(syscall: &'static str, then: Option<Then>, cx: &mut Context) -> JsObject {
    let call = |_this: &JsValue, args: &[JsValue], waiting: &Waiting, cx: &mut Context| {
        if let Some(then) = waiting.0.take() {
            let failed = args.get_or_undefined(0).to_boolean();
            let syscall = waiting.1;
            let result = move || if failed { Err(SysError::new(errno::ECANCELED, syscall)) } else { Ok(()) };
            Host::of(cx).event_loop().pending(Box::new(move |cx| then(result(), cx)));
        }
        Ok(JsValue::undefined())
    };
    table::closure("", 0, Waiting(Cell::new(then), syscall), call, cx).into()
}

impl Carrier for StreamCarrier {
    fn write(&self, bytes: Vec<u8>, then: Option<Then>) {
        self.queue.borrow_mut().push_back(Job::Write(bytes, then));
        self.schedule();
    }

    fn shutdown(&self, then: Then) {
        self.queue.borrow_mut().push_back(Job::End(then));
        self.schedule();
    }

    fn set_reading(&self, reads: bool) {
        if self.reading.replace(reads) != reads {
            self.schedule();
        }
    }

    fn close(&self) {
        if !self.closed.replace(true) {
            self.queue.borrow_mut().push_back(Job::Close);
            self.schedule();
        }
    }
}
