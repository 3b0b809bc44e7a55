//! An [`End`] that lives in a loop: what comes is handed to a Rust function in a later turn.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use boa_engine::{Context, JsResult};
use coil_engine::Host;

use super::mailbox::{End, Letter};
use crate::structured_clone::Message;

/// An end and who gets what comes.
pub(crate) struct Line {
    id: u64,
    end: RefCell<Option<End>>,
    started: Cell<bool>,
    receive: Receive,
}

/// Gets each letter; `Letter::Close` is the last, and the line is closed then.
type Receive = Box<dyn Fn(Letter, &mut Context) -> JsResult<()>>;

/// The open lines of a host. An open line is kept alive, as Node keeps its ports.
#[derive(Default)]
struct Lines {
    last: Cell<u64>,
    /// By number: what has come is handed over in the order of making, as in Node.
    open: RefCell<BTreeMap<u64, Rc<Line>>>,
    /// Whether the loop was asked to look at them.
    asked: Arc<AtomicBool>,
}

impl Line {
    /// Joins `end` to the loop. Nothing is received before [`Line::start`] but the end of the channel.
    pub(crate) fn open(end: End, receive: impl Fn(Letter, &mut Context) -> JsResult<()> + 'static, cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        let lines = host.state::<Lines>();
        let id = lines.last.get() + 1;
        lines.last.set(id);
        let remote = host.event_loop().remote();
        let asked = lines.asked.clone();
        let bell = Arc::new(move || {
            if !asked.swap(true, Ordering::SeqCst) {
                remote.post(|cx: &mut Context| deliver_all(cx));
            }
        });
        let line = Rc::new(Self { id, end: RefCell::new(Some(end)), started: Cell::new(false), receive: Box::new(receive) });
        lines.open.borrow_mut().insert(id, line.clone());
        if let Some(end) = &*line.end.borrow() {
            end.attach(bell);
        }
        line
    }

    /// Receives from now on, in later turns.
    pub(crate) fn start(&self) {
        if !self.started.replace(true)
            && let Some(end) = &*self.end.borrow()
        {
            end.remind();
        }
    }

    /// Lets what comes wait from now on.
    pub(crate) fn stop(&self) {
        self.started.set(false);
    }

    /// Sends to the other end; `false` if there is none.
    pub(crate) fn send(&self, message: Message) -> bool {
        self.end.borrow().as_ref().is_some_and(|end| end.send(message))
    }

    /// Whether it is neither closed nor moved away.
    pub(crate) fn is_open(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// Takes the end out of this loop: to close the channel by dropping it, or to move it.
    pub(crate) fn take(&self, cx: &Context) -> Option<End> {
        let end = self.end.borrow_mut().take();
        if let Some(end) = &end {
            end.detach();
        }
        Host::of(cx).state::<Lines>().open.borrow_mut().remove(&self.id);
        end
    }

    /// The next letter, whether or not the line was started.
    pub(crate) fn poll(&self) -> Option<Letter> {
        self.end.borrow().as_ref().and_then(|end| end.take(true))
    }

    /// Whether `other` is the other end of this channel.
    pub(crate) fn ends_at(&self, other: &End) -> bool {
        self.end.borrow().as_ref().is_some_and(|own| own.is_peer_of(other))
    }

    /// Whether something lies here.
    pub(crate) fn has_waiting(&self) -> bool {
        self.end.borrow().as_ref().is_some_and(|end| end.heard() > 0)
    }

    /// Hands over what has come by now.
    pub(crate) fn drain(&self, cx: &mut Context) {
        deliver(self.id, cx);
    }
}

/// Letters handed over in one go; the rest of the loop lives in between.
const BATCH_MAX: usize = 1000;

/// Looks at every line that something has come for.
fn deliver_all(cx: &mut Context) {
    let host = Host::of(cx);
    let lines = host.state::<Lines>();
    lines.asked.store(false, Ordering::SeqCst);
    let rung: Vec<u64> = lines.open.borrow().iter().filter(|(_, line)| line.end.borrow().as_ref().is_some_and(End::is_rung)).map(|(id, _)| *id).collect();
    for id in rung {
        if host.exit_code().is_some() {
            return;
        }
        deliver(id, cx);
    }
}

fn deliver(id: u64, cx: &mut Context) {
    let host = Host::of(cx);
    let line = host.state::<Lines>().open.borrow().get(&id).cloned();
    let Some(line) = line else { return };
    let waiting = line.end.borrow().as_ref().map_or(0, End::heard);
    for _ in 0..waiting.max(BATCH_MAX) {
        let letter = line.end.borrow().as_ref().and_then(|end| end.take(line.started.get()));
        let Some(letter) = letter else { return };
        if matches!(letter, Letter::Close) {
            drop(line.take(cx));
        }
        host.enter_with(cx, |cx| (line.receive)(letter, cx));
        if host.exit_code().is_some() {
            return;
        }
    }
    if let Some(end) = &*line.end.borrow() {
        end.remind();
    }
}

/// Closes every line of a host that ends: the other ends are told.
pub(crate) fn close_all(host: &Host) {
    let open = std::mem::take(&mut *host.state::<Lines>().open.borrow_mut());
    for (_, line) in open {
        drop(line.end.borrow_mut().take());
    }
}
