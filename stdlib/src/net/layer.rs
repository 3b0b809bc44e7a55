//! What may lie between a connection and its descriptor, or in the descriptor's place.

use std::rc::Rc;

use boa_engine::Context;
use coil_engine::coil_sys::SysResult;

use super::conn::{Conn, Then};

/// What lies between a connection's bytes and its descriptor: TLS. The reader sees what the layer makes of what arrives, and what is
/// written goes through it.
pub trait Layer {
    /// It needs to read, whether or not the reader does: a handshake goes on.
    fn wants_read(&self) -> bool;
    /// Bytes from the descriptor.
    fn received(&self, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context);
    /// The descriptor gives no more.
    fn ended(&self, conn: &Rc<Conn>, cx: &mut Context);
    /// As [`Conn::write`].
    fn write(&self, conn: &Rc<Conn>, bytes: &[u8], then: Option<Then>) -> SysResult<bool>;
    /// As [`Conn::shutdown`].
    fn shutdown(&self, conn: &Rc<Conn>, then: Then);
    /// The connection is closed: whoever still waits for a write or the end is handed back.
    fn closed(&self) -> Vec<Then>;
    /// Bytes that the reader got, that were written, and that wait.
    fn counts(&self) -> LayerCounts;
}

/// How many bytes went through a layer.
#[derive(Clone, Copy, Debug, Default)]
pub struct LayerCounts {
    pub read: u64,
    pub written: u64,
    pub waiting: usize,
}

/// What carries a connection's bytes in place of a descriptor: a script's stream. Its methods run no JavaScript; they see to it that
/// it runs later.
pub trait Carrier {
    fn write(&self, bytes: Vec<u8>, then: Option<Then>);
    fn shutdown(&self, then: Then);
    fn set_reading(&self, reads: bool);
    fn close(&self);
}

impl Conn {
    /// Lays something between the connection and its descriptor.
    pub fn set_layer(&self, layer: Rc<dyn Layer>) {
        self.between.borrow_mut().get_or_insert_default().layer = Some(layer);
    }

    pub fn layer(&self) -> Option<Rc<dyn Layer>> {
        self.between.borrow().as_ref()?.layer.clone()
    }

    /// Runs the connection over a script's stream.
    pub fn set_carrier(&self, carrier: Rc<dyn Carrier>) {
        self.between.borrow_mut().get_or_insert_default().carrier = Some(carrier);
    }

    pub(super) fn carrier(&self) -> Option<Rc<dyn Carrier>> {
        self.between.borrow().as_ref()?.carrier.clone()
    }

    /// A layer wants to read now, or no longer.
    pub fn layer_changed(self: &Rc<Self>) -> SysResult<()> {
        if self.is_closed() { Ok(()) } else { self.watch("read") }
    }

    /// Bytes that came another way than through the descriptor: from a carrier, or read before there was a layer.
    pub fn feed(self: &Rc<Self>, bytes: &[u8], cx: &mut Context) {
        match (self.layer(), self.reader()) {
            (Some(layer), _) => layer.received(self, bytes, cx),
            (None, Some(reader)) => reader.data(self, bytes, cx),
            (None, None) => {}
        }
    }

    /// The carrier gives no more.
    pub fn feed_end(self: &Rc<Self>, cx: &mut Context) {
        match (self.layer(), self.reader()) {
            (Some(layer), _) => layer.ended(self, cx),
            (None, Some(reader)) => reader.end(self, cx),
            (None, None) => {}
        }
    }
}
