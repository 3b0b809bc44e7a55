//! One worker thread, seen from both sides: what its parent holds of it, and what it knows of itself.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    limits::{Interrupt, Meter},
};
use coil_engine::{
    Host,
    coil_loop::{EventLoop, Hold, Remote, Usage},
    coil_sys::Sys,
    errors,
    launch::Launch,
    table,
};

use super::{failure::Failure, options, worker};
use crate::{
    messaging::{self, mailbox::End},
    process,
    structured_clone::{self, Message},
};

/// What the parent can do to a worker, from any thread.
#[derive(Default)]
pub(super) struct Thread {
    inner: Mutex<Inner>,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Inner {
    remote: Option<Remote<Context>>,
    usage: Option<Arc<Usage>>,
    /// Stops what the worker's loop does not come back from.
    interrupt: Option<Interrupt>,
    /// What was asked before the worker's loop was there.
    waiting: Vec<Box<dyn FnOnce(&mut Context) + Send>>,
}

impl Thread {
    /// Has `call` run on the worker's thread, in order.
    pub(super) fn post(&self, call: impl FnOnce(&mut Context) + Send + 'static) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match &inner.remote {
            Some(remote) => drop(remote.post(call)),
            None => inner.waiting.push(Box::new(call)),
        }
    }

    /// The worker's loop is there: what waited is posted.
    pub(super) fn joined(&self, event_loop: &EventLoop<Context>) {
        let remote = event_loop.remote();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.usage = Some(event_loop.usage());
        for call in inner.waiting.drain(..) {
            remote.post(call);
        }
        inner.remote = Some(remote);
        let interrupt = Meter::current().interrupt_handle();
        if self.is_stopped() {
            interrupt.interrupt();
        }
        inner.interrupt = Some(interrupt);
    }

    /// How busy the worker's loop is; nothing before it is there.
    pub(super) fn usage(&self) -> Option<Arc<Usage>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).usage.clone()
    }

    /// Ends the worker with code 1, whatever it does.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.post(|cx| {
            Host::of(cx).exit(TERMINATED);
        });
        if let Some(interrupt) = &self.inner.lock().unwrap_or_else(PoisonError::into_inner).interrupt {
            interrupt.interrupt();
        }
    }

    /// Whether the worker was told to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// The exit code of a worker that was terminated, or stopped by a limit.
pub(super) const TERMINATED: i32 = 1;

/// Everything a worker is born with.
pub struct Birth {
    /// Its door to the machine.
    pub sys: Sys,
    /// What it runs.
    pub program: Program,
    /// `process.argv` behind the script.
    pub argv: Vec<String>,
    /// Its flags.
    pub exec_argv: Vec<String>,
    /// `process.execPath`
    pub exec_path: String,
    /// `process.argv0`
    pub argv0: String,
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) thread: Arc<Thread>,
    pub(super) parent: Remote<Context>,
    pub(super) port: End,
    /// `[workerData, environmentData]`, with what was transferred.
    pub(super) data: Message,
    /// Whether the parent feeds standard input.
    pub(super) stdin: bool,
    pub(super) limits: [f64; 4],
}

/// What a worker runs.
pub enum Program {
    /// A file, absolute.
    File(String),
    /// A text, with `eval: true`.
    Text(String),
    /// A `data:` URL.
    Url(String),
}

/// What a worker knows of itself.
#[derive(Default)]
pub(super) struct Own {
    pub(super) inner: RefCell<Option<Rc<Inside>>>,
}

pub(super) struct Inside {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) parent_port: JsObject,
    pub(super) data: JsValue,
    pub(super) limits: [f64; 4],
    pub(super) stdin: Input,
}

/// Standard input as the parent feeds it.
pub(super) struct Input {
    pub(super) fed: bool,
    pub(super) waiting: RefCell<Vec<Vec<u8>>>,
    pub(super) ended: Cell<bool>,
    pub(super) stream: RefCell<Option<JsObject>>,
    pub(super) hold: RefCell<Option<Hold>>,
}

/// The worker this host is, if it is one.
pub(super) fn inside(cx: &Context) -> Option<Rc<Inside>> {
    Host::of(cx).state::<Own>().inner.borrow().clone()
}

/// Number of the next thread. The main thread is 0.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

pub(super) fn next_id() -> u64 {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

impl Birth {
    /// Makes a fresh host a worker: before anything of the program runs. `false` if it was stopped before it began.
    pub fn settle(self, cx: &mut Context) -> JsResult<bool> {
        let host = Host::of(cx);
        let Self { id, name, thread, parent, port, data, stdin, limits, .. } = self;
        host.event_loop().begin();
        thread.joined(host.event_loop());
        if let Some(bytes) = options::heap_limit(&limits) {
            Meter::current().set_thread_memory(bytes);
        }
        let parent_port = messaging::adopt(port, cx)?;
        let redirect = parent.clone();
        host.state::<process::Redirect>().set(move |fd, bytes| {
            let bytes = bytes.to_vec();
            redirect.post(move |cx| worker::written(id, fd, bytes, cx));
        });
        let tell = parent.clone();
        host.state::<process::Elsewhere>().set(move |value, cx| {
            let failure = Failure::of(value, cx);
            tell.post(move |cx| worker::failed(id, failure, cx));
        });
        let values = structured_clone::deserialize(data, cx)?.to_object(cx)?;
        let (worker_data, environment) = (values.get(0, cx)?, values.get(1, cx)?);
        super::environment::set(&environment, cx);
        let hold = stdin.then(|| host.event_loop().hold_as("MessagePort"));
        if let Some(hold) = &hold {
            hold.set_ref(false);
        }
        let stdin = Input { fed: stdin, waiting: RefCell::default(), ended: Cell::new(false), stream: RefCell::default(), hold: RefCell::new(hold) };
        let stopped = thread.is_stopped();
        let online = parent.clone();
        *host.state::<Own>().inner.borrow_mut() = Some(Rc::new(Inside { id, name, parent_port, data: worker_data, limits, stdin }));
        forbid(cx)?;
        online.post(move |cx| worker::online(id, cx));
        Ok(!stopped)
    }
}

/// What concerns the whole process is not for workers.
fn forbid(cx: &mut Context) -> JsResult<()> {
    macro_rules! forbidden {
        ($($name:literal),+) => {
            &[$(table::Export::renamed($name, "unavailableInWorker", 0, |_, _, cx| Err(errors::worker_unsupported_operation(concat!("process.", $name, "()"), cx)))),+]
        };
    }
    static FORBIDDEN: &[table::Export] = forbidden!("abort", "chdir", "initgroups", "setgroups", "setegid", "seteuid", "setgid", "setuid");
    static CHANNEL: &[table::Export] = &[
        table::Export::renamed("send", "unavailableInWorker", 0, |_, _, cx| Err(errors::worker_unsupported_operation("process.send()", cx))),
        table::Export::renamed("disconnect", "unavailableInWorker", 0, |_, _, cx| Err(errors::worker_unsupported_operation("process.disconnect()", cx))),
        table::Export::getter("channel", |_, _, cx| Err(errors::worker_unsupported_operation("process.channel", cx))),
        table::Export::getter("connected", |_, _, cx| Err(errors::worker_unsupported_operation("process.connected", cx))),
    ];
    let process = process::object(cx)?;
    for name in ["_startProfilerIdleNotifier", "_stopProfilerIdleNotifier", "_debugProcess", "_debugPause", "_debugEnd"] {
        process.delete_property_or_throw(js_string!(name), cx)?;
    }
    table::define_all(&process, FORBIDDEN, true, cx)?;
    if Host::of(cx).env("NODE_CHANNEL_FD").is_some() {
        table::define_all(&process, CHANNEL, true, cx)?;
    }
    for name in ["send", "disconnect", "abort", "chdir", "initgroups", "setgroups", "setegid", "seteuid", "setgid", "setuid"] {
        if let Some(function) = process.get(js_string!(name), cx)?.as_object() {
            function.create_data_property_or_throw(js_string!("disabled"), true, cx)?;
        }
    }
    Ok(())
}

/// Runs one worker to its end; gives the exit code. Set by the crate that joins modules and built-ins.
#[derive(Default)]
pub struct Runner(pub Cell<Option<Run>>);

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With an exit code.
    Code(i32),
    /// It took more memory than it may.
    OutOfMemory,
}

/// How the crate above runs workers.
#[derive(Clone, Copy)]
pub struct Run {
    /// Runs one on the thread it is called on.
    pub live: fn(Birth) -> Ended,
    /// What of `execArgv` a worker does not take.
    pub refused: fn(&[String], &Launch) -> Vec<String>,
}

/// The last thing of a worker: its channels are closed and its own workers are stopped.
pub fn leave(host: &Host, cx: &mut Context) {
    worker::stop_all(cx);
    messaging::line::close_all(host);
    if let Some(inside) = host.state::<Own>().inner.borrow_mut().take() {
        super::post::forget(inside.id);
    }
}
