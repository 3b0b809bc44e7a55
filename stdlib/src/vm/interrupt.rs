//! Ctrl+C while a script runs: the thread that runs it looks at no signals, so another one does.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use boa_engine::limits::Meter;
use coil_engine::{coil_loop::SignalFlag, coil_sys::signals};

/// Watches for SIGINT from its start to its end, and stops the script that runs in between.
pub(super) struct Watch {
    flag: SignalFlag,
    over: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn start() -> io::Result<Self> {
        let signum = signals::number_of("SIGINT").ok_or(io::ErrorKind::Unsupported)?;
        let flag = SignalFlag::new(signum)?;
        let (raised, over, stop) = (flag.raised(), Arc::new(AtomicBool::new(false)), Meter::current().interrupt_handle());
        let ended = over.clone();
        std::thread::Builder::new().name("sigint".into()).spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                if raised.load(Ordering::Relaxed) {
                    stop.interrupt();
                    return;
                }
                std::thread::sleep(LOOK_EVERY);
            }
        })?;
        Ok(Self { flag, over })
    }

    /// Whether the signal came.
    pub(super) fn end(self) -> bool {
        self.over.store(true, Ordering::Relaxed);
        self.flag.raised().load(Ordering::Relaxed)
    }
}

/// Short enough for who pressed the keys.
const LOOK_EVERY: Duration = Duration::from_millis(10);
