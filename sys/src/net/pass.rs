//! Descriptors that travel to other processes with the bytes of a unix socket (SCM_RIGHTS): how `child.send(message, handle)` and
//! cluster share servers and connections.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recvmsg, sendmsg};

use super::Net;
use crate::error::{Named, SysError, SysResult};

/// Descriptors per message; Node sends one, the kernel takes 253.
pub(super) const FDS_MAX: usize = 16;

impl Net<'_> {
    /// Sends bytes and up to 16 descriptors, which stay open here. None when nothing can be sent now.
    pub fn send_with_fds(self, socket: &impl AsFd, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> SysResult<Option<usize>> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
            return Err(SysError::new(crate::errno::EINVAL, "write"));
        }
        loop {
            match sendmsg(socket, &[IoSlice::new(bytes)], &mut ancillary, FLAGS) {
                Ok(len) => return Ok(Some(len)),
                Err(Errno::AGAIN) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error).named("write"),
            }
        }
    }

    /// Reads bytes and the descriptors that came with them, close-on-exec. `Some((0, _))` is the end; None means nothing yet.
    pub fn recv_with_fds(self, socket: &impl AsFd, bytes: &mut [u8]) -> SysResult<Option<(usize, Vec<OwnedFd>)>> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let len = loop {
            match recvmsg(socket, &mut [IoSliceMut::new(bytes)], &mut ancillary, RECV) {
                Ok(message) => break message.bytes,
                Err(Errno::AGAIN) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error).named("read"),
            }
        };
        let mut fds = Vec::new();
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(received) = message {
                fds.extend(received);
            }
        }
        Ok(Some((len, fds)))
    }
}

#[cfg(not(target_vendor = "apple"))]
const FLAGS: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const FLAGS: SendFlags = SendFlags::empty();
#[cfg(not(target_vendor = "apple"))]
const RECV: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(target_vendor = "apple")]
const RECV: RecvFlags = RecvFlags::empty();
