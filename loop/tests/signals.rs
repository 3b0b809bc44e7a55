//! Signals.

use crate::*;
use coil_loop::Mode;
use rustix::process::{Signal, getpid, kill_process};
use std::cell::Cell;
use std::os::unix::process::ExitStatusExt;

fn send(signal: Signal) {
    kill_process(getpid(), signal).expect("one may signal oneself");
}

/// Turns until something was said.
fn hear(event_loop: &NamesLoop) -> Names {
    let mut names = Names::new();
    while names.is_empty() {
        event_loop.turn(Mode::Once, &mut names);
    }
    names
}

#[test]
fn a_signal_is_told_in_the_poll_phase() {
    let event_loop = real_loop();
    watchdog(&event_loop);
    let _hold = event_loop.hold();
    let id = event_loop.signal(libc::SIGUSR1, |names| names.push("SIGUSR1")).expect("can be watched");
    send(Signal::USR1);
    assert_eq!(hear(&event_loop), ["SIGUSR1"]);
    send(Signal::USR1);
    assert_eq!(hear(&event_loop), ["SIGUSR1"]);
    assert!(event_loop.signal_remove(id));
    assert!(!event_loop.signal_remove(id));
}

#[test]
fn all_watchers_of_all_loops_are_told() {
    let (first, second) = (real_loop(), real_loop());
    let holds = [first.hold(), second.hold()];
    for event_loop in [&first, &second] {
        watchdog(event_loop);
        event_loop.signal(libc::SIGWINCH, |names| names.push("a")).expect("can be watched");
        event_loop.signal(libc::SIGWINCH, |names| names.push("b")).expect("can be watched");
        event_loop.signal(libc::SIGIO, |names| names.push("another")).expect("can be watched");
    }
    send(Signal::WINCH);
    assert_eq!(hear(&first), ["a", "b"]);
    assert_eq!(hear(&second), ["a", "b"]);
    drop(holds);
}

#[test]
fn a_watcher_is_not_refd_at_first() {
    let event_loop = real_loop();
    let id = event_loop.signal(libc::SIGUSR2, |_| {}).expect("can be watched");
    assert!(!event_loop.alive() && !event_loop.signal_has_ref(id));
    event_loop.signal_ref(id, true);
    assert!(event_loop.alive() && event_loop.signal_has_ref(id));
    event_loop.signal_remove(id);
    assert!(!event_loop.alive());
}

#[test]
fn a_watcher_may_remove_itself_and_others() {
    let event_loop = real_loop();
    watchdog(&event_loop);
    let _hold = event_loop.hold();
    let ids = Rc::new(Cell::new(Vec::new()));
    let (inner, to_remove) = (event_loop.clone(), ids.clone());
    let first = event_loop
        .signal(libc::SIGURG, move |names| {
            names.push("first");
            for id in to_remove.take() {
                assert!(inner.signal_remove(id));
            }
        })
        .expect("can be watched");
    let second = event_loop.signal(libc::SIGURG, |names| names.push("second")).expect("can be watched");
    let third = event_loop.signal(libc::SIGURG, |names| names.push("third")).expect("can be watched");
    ids.set(vec![first, second]);
    send(Signal::URG);
    assert_eq!(hear(&event_loop), ["first", "third"]);
    event_loop.signal_remove(third);
}

#[test]
fn a_watcher_that_stops_the_loop_loses_no_signal() {
    let event_loop = real_loop();
    watchdog(&event_loop);
    let hold = event_loop.hold();
    for signum in [libc::SIGHUP, libc::SIGALRM] {
        let inner = event_loop.clone();
        let stop = move |names: &mut Names| {
            names.push("stops");
            inner.stop();
        };
        event_loop.signal(signum, stop).expect("can be watched");
    }
    send(Signal::HUP);
    send(Signal::ALARM);
    assert_eq!(run(&event_loop), ["stops"]);
    event_loop.resume();
    assert_eq!(run(&event_loop), ["stops"]);
    event_loop.clear();
    drop(hold);
}

#[test]
fn what_cannot_be_caught_is_an_error() {
    let event_loop = real_loop();
    for signum in [libc::SIGKILL, libc::SIGSTOP, 0, -1, 1000] {
        let error = event_loop.signal(signum, |_| {}).expect_err("cannot be watched");
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL), "signal {signum}");
    }
}

#[test]
fn after_the_last_watcher_the_signal_does_what_it_did() {
    let status = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "signals::dies_of_a_signal_no_longer_watched", "--ignored", "--test-threads=1"])
        .output()
        .expect("starts")
        .status;
    assert_eq!(status.signal(), Some(libc::SIGUSR1));
}

#[test]
#[ignore = "started by the test above; dies of SIGUSR1"]
fn dies_of_a_signal_no_longer_watched() {
    let event_loop = real_loop();
    let _hold = event_loop.hold();
    for round in ["first", "again"] {
        let id = event_loop.signal(libc::SIGUSR1, move |names| names.push(round)).expect("can be watched");
        send(Signal::USR1);
        assert_eq!(hear(&event_loop), [round]);
        event_loop.signal_remove(id);
    }
    send(Signal::USR1);
    unreachable!("the signal's default is to end the process");
}
