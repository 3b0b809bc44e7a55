//! Writing to the standard descriptors from native code.

use boa_engine::Context;
use coil_engine::Host;

/// Writes all of `bytes` to a standard descriptor now. A closed pipe is no error here: there is nobody left to tell.
pub(crate) fn write_fd(fd: i32, bytes: &[u8], cx: &Context) {
    let host = Host::of(cx);
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
