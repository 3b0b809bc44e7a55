//! Objects of native classes that go to other threads in a way of their own: file handles, abort signals, keys.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult};
use coil_engine::Host;

use crate::{event_target, web_streams};

/// What of an object goes to another thread.
pub trait Carried: Send {
    /// The object there.
    ///
    /// # Errors
    ///
    /// Whatever hinders it; the receiver gets a `messageerror`.
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject>;

    /// Another one, for a second receiver.
    fn copy(&self) -> Box<dyn Carried>;
}

/// Packs an object of its class, and gives `None` for any other. `transfer` says that the object was listed to be moved.
pub type Carrier = fn(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Box<dyn Carried>>>;

/// The carriers of a host. A module adds its own when its class is made.
#[derive(Default)]
pub struct Carriers(RefCell<Vec<Carrier>>);

impl Carriers {
    /// Adds one.
    pub fn add(&self, carrier: Carrier) {
        self.0.borrow_mut().push(carrier);
    }
}

/// The carriers of classes that every host has.
const BUILT_IN: &[Carrier] = &[
    web_streams::carrier,
    event_target::signal_carrier,
    #[cfg(feature = "wasm")]
    crate::webassembly::carrier,
];

/// Packs an object by whichever carrier knows it.
pub(super) fn pack(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Parcel>> {
    let carriers = Host::of(cx).state::<Carriers>().0.borrow().clone();
    for carrier in BUILT_IN.iter().copied().chain(carriers) {
        if let Some(carried) = carrier(object, transfer, cx)? {
            return Ok(Some(Parcel(Some(carried))));
        }
    }
    Ok(None)
}

/// One packed object.
pub(super) struct Parcel(Option<Box<dyn Carried>>);

impl Parcel {
    /// Takes out what is in it.
    pub(super) fn open(&mut self, cx: &mut Context) -> JsResult<JsObject> {
        match self.0.take() {
            Some(carried) => carried.revive(cx),
            None => Ok(JsObject::with_object_proto(cx.intrinsics())),
        }
    }
}

impl Clone for Parcel {
    fn clone(&self) -> Self {
        Self(self.0.as_ref().map(|carried| carried.copy()))
    }
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parcel")
    }
}
