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
    errors, table,
};

use crate::{
    buffer, events,
    net::{
        conn::{Bytes, Conn, Reader, StreamKind, Then},
        layer::Carrier,
    },
};

/// Runs a connection over another one, through whatever lies over that.
pub(super) fn over(below: &Rc<Conn>, cx: &mut Context) -> Rc<Conn> {
    let conn = Conn::new(StreamKind::Pipe, None, cx);
    conn.set_carrier(Rc::new(ConnCarrier { below: below.clone(), event_loop: Rc::downgrade(Host::of(cx).event_loop()) }));
    below.set_reader(Some(Rc::new(Feeds(conn.clone()))));
    conn
}

/// Bytes of the connection below go to the one above.
struct Feeds(Rc<Conn>);

impl Reader for Feeds {
    fn data(self: Rc<Self>, _below: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        self.0.feed(bytes, cx);
    }

    fn end(self: Rc<Self>, _below: &Rc<Conn>, cx: &mut Context) {
        self.0.feed_end(cx);
    }

    fn failed(self: Rc<Self>, _below: &Rc<Conn>, error: SysError, cx: &mut Context) {
        if let Some(reader) = self.0.reader() {
            reader.failed(&self.0, error, cx);
        }
    }
}

struct ConnCarrier {
    below: Rc<Conn>,
    event_loop: Weak<EventLoop<Context>>,
}

impl Carrier for ConnCarrier {
    fn write(&self, bytes: Vec<u8>, then: Option<Then>) {
        let slot = Rc::new(Cell::new(then));
        let later = slot.clone();
        let call: Then = Box::new(move |result, cx| {
            if let Some(then) = later.take() {
                then(result, cx);
            }
        });
        let sent = self.below.write(Bytes::Owned(bytes), Some(call));
        let result = match sent {
            Ok(false) => return,
            Ok(true) => Ok(()),
            Err(error) => Err(error),
        };
        if let (Some(then), Some(event_loop)) = (slot.take(), self.event_loop.upgrade()) {
            event_loop.pending(Box::new(move |cx| then(result, cx)));
        }
    }

    fn shutdown(&self, then: Then) {
        self.below.shutdown(then);
    }

    fn set_reading(&self, reads: bool) {
        if reads {
            // A descriptor that cannot be watched shows itself at the next write.
            let _ = self.below.read_start();
        } else {
            self.below.read_stop();
        }
    }

    fn close(&self) {
        // Whoever owns the connection below closes it.
    }
}

/// Runs a connection over a stream. What the connection asks is done in the next turn of the loop, for that is JavaScript.
pub(super) fn connect(stream: &JsObject, cx: &mut Context) -> JsResult<Rc<Conn>> {
    if !super::field(stream, "pause", cx)?.is_callable() {
        return Err(errors::plain(errors::Base::Type, "stream.pause is not a function"));
    }
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
            let result = if failed { Err(SysError::new(errno::ECANCELED, syscall)) } else { Ok(()) };
            // A turn later than that, so that a peer in the same process has seen the bytes first.
            let again: Then = Box::new(move |result, cx| Host::of(cx).event_loop().pending(Box::new(move |cx| then(result, cx))));
            Host::of(cx).event_loop().pending(Box::new(move |cx| again(result, cx)));
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
