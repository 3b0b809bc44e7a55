//! `FileHandle` in a message: the descriptor goes along, and the handle it was is closed.

use std::{cell::Cell, os::fd::OwnedFd};

use boa_engine::{Context, JsObject, JsResult};
use coil_engine::{
    Host,
    coil_sys::{SysError, errno},
    errors,
    op::IntoJs,
};

use super::handle::{Handle, Opened};
use crate::{
    dom_exception,
    structured_clone::{Carried, Carriers},
};

/// A descriptor between two handles.
struct Descriptor(Option<OwnedFd>);

impl Carried for Descriptor {
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject> {
        let Some(fd) = self.0 else { return Err(errors::system(&SysError::new(errno::EBADF, "open"), cx)) };
        let fd = Host::of(cx).sys().fs().fds().publish(fd);
        Opened(fd).into_js(cx)?.to_object(cx)
    }

    fn copy(&self) -> Box<dyn Carried> {
        Box::new(Self(self.0.as_ref().and_then(|fd| fd.try_clone().ok())))
    }
}

/// Whether this host packs handles already.
#[derive(Default)]
struct Ready(Cell<bool>);

/// Has messages take handles, once there is one.
pub(super) fn prepare(cx: &Context) {
    let host = Host::of(cx);
    if !host.state::<Ready>().0.replace(true) {
        host.state::<Carriers>().add(pack);
    }
}

fn pack(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Box<dyn Carried>>> {
    let Ok(handle) = object.clone().downcast::<Handle>() else { return Ok(None) };
    if !transfer {
        return Err(dom_exception::error("Object that needs transfer was found in message but not listed in transferList", "DataCloneError", cx));
    }
    let taken = handle.borrow().data().take_for_transfer();
    let Some(fd) = taken else { return Err(dom_exception::error("Cannot transfer FileHandle while in use", "DataCloneError", cx)) };
    let owned = Host::of(cx).sys().fs().fds().take(fd);
    Ok(Some(Box::new(Descriptor(owned))))
}
