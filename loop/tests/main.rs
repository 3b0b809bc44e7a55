//! What the loop does, one file per behaviour. Callbacks push names into a vector; the tests read the order.

#![allow(clippy::disallowed_methods)] // The machine is touched directly: loop/ stands below sys/.

use coil_loop::{Callback, EventLoop, Options, VirtualClock};
use std::rc::Rc;

mod any_order;
mod clock;
mod immediates;
mod liveness;
mod observer;
mod panics;
mod pending_and_closing;
mod phases;
mod pool;
mod remote;
#[cfg(unix)]
mod signals;
mod sleeping;
#[cfg(unix)]
mod sources;
mod stopping;
mod timers;

type Names = Vec<&'static str>;
type NamesLoop = Rc<EventLoop<Names>>;

/// A loop in real time.
fn real_loop() -> NamesLoop {
    EventLoop::new(Options::default()).expect("the machine gives a poller")
}

/// A loop whose time passes only when it would sleep.
fn virtual_loop() -> (NamesLoop, Rc<VirtualClock>) {
    let clock = Rc::new(VirtualClock::new(1_000_000_000));
    let options = Options { clock: clock.clone(), ..Options::default() };
    (EventLoop::new(options).expect("the machine gives a poller"), clock)
}

/// A callback that says its name.
fn say(name: &'static str) -> Callback<Names> {
    Box::new(move |names| names.push(name))
}

/// A callback that says its name and then does something with the loop.
fn say_and(name: &'static str, event_loop: &NamesLoop, and: impl FnOnce(&NamesLoop) + 'static) -> Callback<Names> {
    let event_loop = event_loop.clone();
    Box::new(move |names| {
        names.push(name);
        and(&event_loop);
    })
}

fn run(event_loop: &NamesLoop) -> Names {
    let mut names = Names::new();
    event_loop.run(&mut names);
    names
}

fn turn(event_loop: &NamesLoop, mode: coil_loop::Mode) -> (Names, bool) {
    let mut names = Names::new();
    let goes_on = event_loop.turn(mode, &mut names);
    (names, goes_on)
}

/// Keeps a test that waits for something lost from waiting for ever.
fn watchdog(event_loop: &NamesLoop) {
    let stop = say_and("the watchdog barked", event_loop, |event_loop| event_loop.stop());
    event_loop.timer_ref(event_loop.timer(60_000, stop), false);
}
