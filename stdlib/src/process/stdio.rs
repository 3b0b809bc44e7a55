//! Writing to the standard descriptors from native code.

use std::{cell::RefCell, rc::Rc};

use boa_engine::Context;
use coil_engine::Host;

/// Where a worker thread's standard output and error go instead: to its parent.
#[derive(Default)]
pub(crate) struct Redirect(RefCell<Option<Away>>);

type Away = Rc<dyn Fn(i32, &[u8])>;

impl Redirect {
    /// From now on `away` gets what is written.
    pub(crate) fn set(&self, away: impl Fn(i32, &[u8]) + 'static) {
        *self.0.borrow_mut() = Some(Rc::new(away));
    }

    /// Hands over `bytes`, if there is somebody to get them.
    pub(crate) fn take(&self, fd: i32, bytes: &[u8]) -> bool {
        let away = self.0.borrow().clone();
        away.is_some_and(|away| {
            away(fd, bytes);
            true
        })
    }
}

/// Writes all of `bytes` to a standard descriptor now. A closed pipe is no error here: there is nobody left to tell.
pub(crate) fn write_fd(fd: i32, bytes: &[u8], cx: &Context) {
    let host = Host::of(cx);
    if host.state::<Redirect>().take(fd, bytes) {
        return;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        match host.sys().fs().write(fd, rest, None) {
            Ok(0) => return,
            Ok(written) => rest = &rest[written..],
            Err(error) if error.is(coil_engine::coil_sys::errno::EAGAIN) => {
                // A pipe somebody made non-blocking is full: its reader is slow, not gone.
                if host.sys().stdio().set_nonblocking(fd, false).is_err() {
                    return;
                }
            }
            Err(error) if error.is(coil_engine::coil_sys::errno::EINTR) => {}
            Err(_) => return,
        }
    }
}
