//! Sessions that clients may resume: a script holds a name for one, this thread holds the session.

use std::{cell::RefCell, collections::VecDeque};

use boa_engine::Context;
use coil_engine::Host;
use coil_tls::session::Saved;

/// What a host's clients may resume.
#[derive(Default)]
pub(super) struct Sessions(RefCell<VecDeque<(Vec<u8>, Option<Saved>)>>);

/// How many are kept: more than an agent caches, few enough to be searched one by one.
const SESSIONS_MAX: usize = 512;
/// As long as OpenSSL's shortest ones, so that a script that looks at the length sees nothing odd.
const NAME_LEN: usize = 160;

/// The name of a session that there is none of.
pub(super) fn unusable(cx: &Context) -> Vec<u8> {
    let mut name = vec![0; NAME_LEN];
    // Without random bytes the name is one that no session has all the same.
    let _ = Host::of(cx).sys().random().fill(&mut name);
    name
}

/// Keeps a session and gives its name.
pub(super) fn keep(saved: Saved, cx: &Context) -> Vec<u8> {
    let host = Host::of(cx);
    let name = unusable(cx);
    let sessions = host.state::<Sessions>();
    let mut sessions = sessions.0.borrow_mut();
    if sessions.len() == SESSIONS_MAX {
        sessions.pop_front();
    }
    sessions.push_back((name.clone(), Some(saved)));
    name
}

/// The session of a name. One of TLS 1.3 is good for one connection (RFC 8446 appendix C.4).
pub(super) fn take(name: &[u8], cx: &Context) -> Option<Saved> {
    let sessions = Host::of(cx).state::<Sessions>();
    let mut sessions = sessions.0.borrow_mut();
    let (_, found) = sessions.iter_mut().find(|(known, _)| known == name)?;
    match found {
        Some(saved) if !saved.is_tls13 => saved.duplicate(),
        _ => found.take(),
    }
}
