//! The locks of this process by name: who holds them, who waits. All threads share them; nothing here knows JavaScript.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who may hold a lock at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nobody else.
    Exclusive,
    /// Others that share it.
    Shared,
}

impl Mode {
    /// As scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Shared => "shared",
        }
    }
}

/// What a request does where the lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// It waits for its turn.
    Waits,
    /// It is told so (`ifAvailable`).
    Leaves,
    /// It takes the lock from those who hold it (`steal`).
    Steals,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Granted,
    Unavailable,
    /// It was granted, and another took the lock away.
    Stolen,
}

/// Tells whoever made the request, on whatever thread that is.
pub(super) type Tell = Arc<dyn Fn(u64, Fate) + Send + Sync>;

/// A lock that is held, or a request that waits.
#[derive(Clone)]
pub(super) struct Entry {
    id: u64,
    pub name: String,
    pub mode: Mode,
    /// The thread, as `query` shows it.
    pub client: Arc<str>,
    pub tell: Tell,
}

#[derive(Default)]
struct Table {
    last: u64,
    held: Vec<Entry>,
    /// In the order in which they were made.
    waiting: Vec<Entry>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { last: 0, held: Vec::new(), waiting: Vec::new() });

/// Requests that may wait at a time in the whole process: each is looked at when a lock is released.
const WAITING_MAX: usize = 1 << 16;

fn table() -> MutexGuard<'static, Table> {
    // Every change is complete before anything else runs.
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has to be told once the table is free again.
type News = Vec<(Tell, u64, Fate)>;

fn spread(news: News) {
    for (tell, id, fate) in news {
        tell(id, fate);
    }
}

/// Asks for a lock. The number of the request; nothing where too many wait.
pub(super) fn request(name: String, mode: Mode, patience: Patience, client: Arc<str>, tell: Tell) -> Option<u64> {
    let mut news = News::new();
    let mut table = table();
    table.last += 1;
    let id = table.last;
    let entry = Entry { id, name, mode, client, tell };
    if patience == Patience::Steals {
        table.held.retain(|held| {
            let stays = held.name != entry.name;
            if !stays {
                news.push((held.tell.clone(), held.id, Fate::Stolen));
            }
            stays
        });
    }
    let has_turn = patience == Patience::Steals || !table.waiting.iter().any(|other| other.name == entry.name);
    if has_turn && table.is_free_for(&entry) {
        news.push((entry.tell.clone(), id, Fate::Granted));
        table.held.push(entry);
    } else if patience == Patience::Leaves {
        news.push((entry.tell.clone(), id, Fate::Unavailable));
    } else if table.waiting.len() >= WAITING_MAX {
        return None;
    } else {
        table.waiting.push(entry);
    }
    drop(table);
    spread(news);
    Some(id)
}

/// A lock is held no more, or a request waits no more.
pub(super) fn release(id: u64) {
    remove(|entry| entry.id == id);
}

/// A thread is no more: nor are its locks and requests.
pub(super) fn forget(client: &str) {
    remove(|entry| &*entry.client == client);
}

fn remove(is_gone: impl Fn(&Entry) -> bool) {
    let mut table = table();
    table.held.retain(|entry| !is_gone(entry));
    table.waiting.retain(|entry| !is_gone(entry));
    let news = table.grant();
    drop(table);
    spread(news);
}

/// The requests of a thread that wait.
pub(super) fn waiting_of(client: &str) -> Vec<u64> {
    table().waiting.iter().filter(|entry| &*entry.client == client).map(|entry| entry.id).collect()
}

/// What is held, and what waits.
pub(super) fn snapshot() -> (Vec<Entry>, Vec<Entry>) {
    let table = table();
    (table.held.clone(), table.waiting.clone())
}

impl Table {
    fn is_free_for(&self, entry: &Entry) -> bool {
        !self.held.iter().any(|held| held.name == entry.name && (held.mode == Mode::Exclusive || entry.mode == Mode::Exclusive))
    }

    /// Gives locks to those whose turn it is: of each name the first ones that may have it together.
    fn grant(&mut self) -> News {
        let mut news = News::new();
        let mut still: Vec<Entry> = Vec::new();
        for entry in std::mem::take(&mut self.waiting) {
            if self.is_free_for(&entry) && !still.iter().any(|other| other.name == entry.name) {
                news.push((entry.tell.clone(), entry.id, Fate::Granted));
                self.held.push(entry);
            } else {
                still.push(entry);
            }
        }
        self.waiting = still;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_share_go_together_and_nobody_overtakes() {
        let told: Arc<Mutex<Vec<(u64, Fate)>>> = Arc::default();
        let tell: Tell = {
            let told = told.clone();
            Arc::new(move |id, fate| told.lock().expect("nobody panics").push((id, fate)))
        };
        let ask = |mode, patience| request("test".to_owned(), mode, patience, "client".into(), tell.clone()).expect("there is room");
        let first = ask(Mode::Shared, Patience::Waits);
        let second = ask(Mode::Exclusive, Patience::Waits);
        let third = ask(Mode::Shared, Patience::Waits);
        let fourth = ask(Mode::Shared, Patience::Leaves);
        assert_eq!(*told.lock().expect("nobody panics"), [(first, Fate::Granted), (fourth, Fate::Unavailable)]);
        release(first);
        release(second);
        assert_eq!(told.lock().expect("nobody panics")[2..], [(second, Fate::Granted), (third, Fate::Granted)]);
        let thief = ask(Mode::Exclusive, Patience::Steals);
        assert_eq!(told.lock().expect("nobody panics")[4..], [(third, Fate::Stolen), (thief, Fate::Granted)]);
        forget("client");
        assert_eq!(snapshot().0.len(), 0);
    }
}
