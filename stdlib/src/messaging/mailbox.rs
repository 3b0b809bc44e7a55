//! What two message ports share: two mailboxes, one for each end. It knows no JavaScript and goes to any thread.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::structured_clone::Message;

/// One end of a channel. Dropping it closes the channel: the other end is told after all that was sent before.
pub(crate) struct End {
    own: Arc<Mailbox>,
    peers: Peers,
}

/// Who gets what an end sends.
enum Peers {
    One(Arc<Mailbox>),
    /// All others of the name.
    Group(Arc<Group>),
}

/// Those who share the name of a BroadcastChannel, in all threads.
struct Group {
    name: String,
    members: Mutex<Vec<Arc<Mailbox>>>,
}

/// The groups that have members.
static GROUPS: Mutex<Vec<Arc<Group>>> = Mutex::new(Vec::new());

/// What lies in a mailbox.
pub(crate) enum Letter {
    Message(Message),
    /// The other end is gone.
    Close,
}

/// Letters that nobody has taken, and how their owner is told.
#[derive(Default)]
struct Mailbox(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    // Not bounded: postMessage has no way to say that a receiver is slow. Node's is not either.
    letters: VecDeque<Letter>,
    bell: Option<Bell>,
    /// Whether the bell was rung for what lies here now.
    rung: bool,
    closed: bool,
}

/// Tells the owner's loop to look into the mailbox.
pub(crate) type Bell = Arc<dyn Fn() + Send + Sync>;

/// The two ends of a new channel.
pub(crate) fn pair() -> (End, End) {
    let (one, other) = (Arc::<Mailbox>::default(), Arc::<Mailbox>::default());
    (End { own: one.clone(), peers: Peers::One(other.clone()) }, End { own: other, peers: Peers::One(one) })
}

/// A new member of the group `name`.
pub(crate) fn join(name: &str) -> End {
    let own = Arc::<Mailbox>::default();
    let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    let group = match groups.iter().find(|group| group.name == name) {
        Some(group) => group.clone(),
        None => {
            let group = Arc::new(Group { name: name.to_owned(), members: Mutex::default() });
            groups.push(group.clone());
            group
        }
    };
    group.members().push(own.clone());
    End { own, peers: Peers::Group(group) }
}

impl Group {
    fn members(&self) -> MutexGuard<'_, Vec<Arc<Mailbox>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, own: &Arc<Mailbox>) {
        let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
        self.members().retain(|member| !Arc::ptr_eq(member, own));
        groups.retain(|group| !group.members().is_empty());
    }
}

impl Inner {
    /// The bell, unless it was rung already.
    fn ring(&mut self) -> Option<Bell> {
        let bell = self.bell.clone().filter(|_| !self.rung);
        self.rung |= bell.is_some();
        bell
    }
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, letter: Letter) -> bool {
        let bell = {
            let mut inner = self.lock();
            if inner.closed {
                return false;
            }
            inner.letters.push_back(letter);
            inner.ring()
        };
        if let Some(bell) = bell {
            bell();
        }
        true
    }
}

impl End {
    /// Sends a message to the other end; whether there is somebody to get it.
    pub(crate) fn send(&self, message: Message) -> bool {
        match &self.peers {
            Peers::One(peer) => peer.put(Letter::Message(message)),
            Peers::Group(group) => {
                let others: Vec<_> = group.members().iter().filter(|member| !Arc::ptr_eq(member, &self.own)).cloned().collect();
                for other in &others {
                    other.put(Letter::Message(message.copy()));
                }
                true
            }
        }
    }

    /// From now on `bell` is rung when something comes; at once if something is there.
    pub(crate) fn attach(&self, bell: Bell) {
        let waits = {
            let mut inner = self.own.lock();
            inner.bell = Some(bell.clone());
            inner.rung = !inner.letters.is_empty();
            inner.rung
        };
        if waits {
            bell();
        }
    }

    /// Nobody is told from now on: the end is about to move.
    pub(crate) fn detach(&self) {
        let mut inner = self.own.lock();
        inner.bell = None;
        inner.rung = false;
    }

    /// Whether the bell was rung and not heard yet.
    pub(crate) fn is_rung(&self) -> bool {
        self.own.lock().rung
    }

    /// Says that the bell was heard; gives how many letters lie here.
    pub(crate) fn heard(&self) -> usize {
        let mut inner = self.own.lock();
        inner.rung = false;
        inner.letters.len()
    }

    /// Rings the own bell, if letters lie here.
    pub(crate) fn remind(&self) {
        let bell = {
            let mut inner = self.own.lock();
            if inner.letters.is_empty() { None } else { inner.ring() }
        };
        if let Some(bell) = bell {
            bell();
        }
    }

    /// The next letter. Unless `started`, only the news that the other end is gone.
    pub(crate) fn take(&self, started: bool) -> Option<Letter> {
        let mut inner = self.own.lock();
        if !started && !matches!(inner.letters.front(), Some(Letter::Close)) {
            return None;
        }
        inner.letters.pop_front()
    }

    /// Whether the two are the ends of one channel.
    pub(crate) fn is_peer_of(&self, other: &Self) -> bool {
        matches!(&other.peers, Peers::One(peer) if Arc::ptr_eq(&self.own, peer))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        {
            let mut inner = self.own.lock();
            inner.closed = true;
            inner.bell = None;
            // Dropped outside of the lock: they may hold ends of channels.
            std::mem::take(&mut inner.letters)
        };
        match &self.peers {
            Peers::One(peer) => drop(peer.put(Letter::Close)),
            Peers::Group(group) => group.leave(&self.own),
        }
    }
}
