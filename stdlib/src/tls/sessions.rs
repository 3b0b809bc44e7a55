//! Sessions that clients may resume: a script holds a name for one, this thread holds the session.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use boa_engine::Context;
use coil_engine::Host;
use coil_tls::session::Saved;

/// What a host's clients may resume.
#[derive(Default)]
pub(super) struct Sessions(RefCell<VecDeque<(Vec<u8>, Rc<Pool>)>>);

/// How many names are kept: more than an agent caches, few enough to be searched one by one.
const SESSIONS_MAX: usize = 512;
/// As long as OpenSSL's shortest ones, so that a script that looks at the length sees nothing odd.
const NAME_LEN: usize = 160;

/// The sessions of one connection, and of those that resumed it: in TLS 1.3 each is good for one connection (RFC 8446 appendix C.4),
/// but a script may use a name again and again.
#[derive(Default)]
pub(super) struct Pool(RefCell<VecDeque<Saved>>);

/// How many are kept of one connection: a server that gives more than are used up makes the oldest go.
const POOL_MAX: usize = 8;

impl Pool {
    /// One more; the next connection takes the newest.
    pub(super) fn add(&self, saved: Saved) {
        let mut pool = self.0.borrow_mut();
        if pool.len() == POOL_MAX {
            pool.pop_front();
        }
        pool.push_back(saved);
    }

    fn take(&self) -> Option<Saved> {
        let mut pool = self.0.borrow_mut();
        match pool.back() {
            Some(saved) if !saved.is_tls13 => saved.duplicate(),
            _ => pool.pop_back(),
        }
    }
}

/// The name of a session that there is none of.
pub(super) fn unusable(cx: &Context) -> Vec<u8> {
    let mut name = vec![0; NAME_LEN];
    // Without random bytes the name is one that no session has all the same.
    let _ = Host::of(cx).sys().random().fill(&mut name);
    name
}

/// Keeps a session among those of its connection and gives its name.
pub(super) fn keep(saved: Saved, pool: &Rc<Pool>, cx: &Context) -> Vec<u8> {
    let host = Host::of(cx);
    let name = unusable(cx);
    pool.add(saved);
    let sessions = host.state::<Sessions>();
    let mut sessions = sessions.0.borrow_mut();
    if sessions.len() == SESSIONS_MAX {
        sessions.pop_front();
    }
    sessions.push_back((name.clone(), pool.clone()));
    name
}

/// A session of a name, and where others of it are kept.
pub(super) fn take(name: &[u8], cx: &Context) -> Option<(Saved, Rc<Pool>)> {
    let sessions = Host::of(cx).state::<Sessions>();
    let sessions = sessions.0.borrow();
    let (_, pool) = sessions.iter().find(|(known, _)| known == name)?;
    Some((pool.take()?, pool.clone()))
}
