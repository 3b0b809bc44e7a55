//! The worker pool.

use crate::*;
use coil_loop::Outcome;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

fn loop_with_pool(pool_size: usize) -> NamesLoop {
    EventLoop::new(Options { pool_size, ..Options::default() }).expect("the machine gives a poller")
}

#[test]
fn the_result_comes_back_to_the_loop_s_thread() {
    let event_loop = real_loop();
    let here = thread::current().id();
    event_loop.offload(
        "id",
        || thread::current().id(),
        move |there, names: &mut Names| {
            assert_eq!(thread::current().id(), here);
            assert_ne!(there.done(), Some(here));
            names.push("done");
        },
    );
    assert!(event_loop.alive());
    assert_eq!(run(&event_loop), ["done"]);
    assert!(!event_loop.alive());
}

#[test]
fn workers_are_named() {
    let event_loop = real_loop();
    let name = || thread::current().name().map(str::to_owned);
    event_loop.offload("name", name, |name, names: &mut Names| {
        assert_eq!(name.done().flatten().as_deref(), Some("coil-pool-0"));
        names.push("done");
    });
    assert_eq!(run(&event_loop), ["done"]);
}

#[test]
fn one_worker_works_in_the_order_of_offloading() {
    let event_loop = loop_with_pool(1);
    for name in ["a", "b", "c"] {
        event_loop.offload(name, move || name, |name, names| names.extend(name.done()));
    }
    assert_eq!(run(&event_loop), ["a", "b", "c"]);
}

#[test]
fn as_many_works_run_at_once_as_the_pool_is_large() {
    const SIZE: usize = 3;
    let event_loop = loop_with_pool(SIZE);
    let (barrier, at_once, most) = (Arc::new(Barrier::new(SIZE)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    for _ in 0..SIZE * 4 {
        let (barrier, at_once, most) = (barrier.clone(), at_once.clone(), most.clone());
        let work = move || {
            most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Passes only when SIZE works are in it: with fewer workers the test would not end.
            barrier.wait();
            at_once.fetch_sub(1, Ordering::SeqCst);
        };
        event_loop.offload("work", work, |_, _| {});
    }
    run(&event_loop);
    assert!(most.load(Ordering::SeqCst) <= SIZE);
}

#[test]
fn a_pool_of_none_has_one() {
    let event_loop = loop_with_pool(0);
    event_loop.offload("work", || "done", |name, names| names.extend(name.done()));
    assert_eq!(run(&event_loop), ["done"]);
}

#[test]
fn what_has_not_started_can_be_cancelled() {
    let event_loop = loop_with_pool(1);
    let (release, released) = mpsc::channel::<()>();
    let (started, starts) = mpsc::channel();
    let blocks = move || {
        started.send(()).expect("the test waits for it");
        released.recv().ok();
    };
    let running = event_loop.offload("running", blocks, |outcome, names: &mut Names| {
        names.push(if matches!(outcome, Outcome::Done(())) { "ran" } else { "cancelled" });
    });
    let queued = event_loop.offload(
        "queued",
        || panic!("is cancelled"),
        |outcome: Outcome<()>, names| {
            names.push(if matches!(outcome, Outcome::Cancelled) { "cancelled" } else { "ran" });
        },
    );
    event_loop.offload("last", || (), |_, names| names.push("last"));
    starts.recv().expect("the worker starts");
    assert!(!event_loop.work_cancel(running), "it has started");
    assert!(event_loop.work_cancel(queued));
    assert!(!event_loop.work_cancel(queued), "it is cancelled already");
    let mut names = Names::new();
    event_loop.turn(coil_loop::Mode::NoWait, &mut names);
    assert_eq!(names, ["cancelled"], "in a later turn, before what is still running");
    release.send(()).expect("the worker waits for it");
    event_loop.run(&mut names);
    assert_eq!(names, ["cancelled", "ran", "last"]);
    assert!(!event_loop.work_cancel(running), "it is over");
}

#[test]
fn what_a_cancelled_work_held_is_dropped_at_once() {
    let event_loop = loop_with_pool(1);
    let (release, released) = mpsc::channel::<()>();
    event_loop.offload("blocks", move || released.recv().ok(), |_, _| {});
    let held = Arc::new(());
    let holds = held.clone();
    let work = event_loop.offload("holds", move || drop(holds), |_, _| {});
    event_loop.work_cancel(work);
    assert_eq!(Arc::strong_count(&held), 1);
    drop(release);
    run(&event_loop);
}

#[test]
fn many_results_come_back() {
    let event_loop = EventLoop::<Vec<u32>>::new(Options::default()).expect("the machine gives a poller");
    for number in 0..10_000u32 {
        event_loop.offload("number", move || number, |number, numbers: &mut Vec<u32>| numbers.extend(number.done()));
    }
    let mut numbers = Vec::new();
    event_loop.run(&mut numbers);
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..10_000));
}

#[test]
fn a_then_may_offload_again() {
    let event_loop = loop_with_pool(1);
    let inner = event_loop.clone();
    event_loop.offload(
        "first",
        || (),
        move |_, names: &mut Names| {
            names.push("first");
            inner.offload("second", || (), |_, names| names.push("second"));
        },
    );
    assert_eq!(run(&event_loop), ["first", "second"]);
}

#[test]
fn dropping_the_loop_does_not_wait_for_a_stuck_worker() {
    let event_loop = loop_with_pool(1);
    let (release, released) = mpsc::channel::<()>();
    let (ended, ends) = mpsc::channel();
    let ran_after = Arc::new(AtomicUsize::new(0));
    event_loop.offload("stuck", move || released.recv().ok(), |_, _| {});
    let ran = ran_after.clone();
    event_loop.offload(
        "queued",
        move || {
            ran.fetch_add(1, Ordering::SeqCst);
            drop(ended)
        },
        |_, _| {},
    );
    drop(event_loop);
    // Had it waited, we would not be here. What was queued is not done any more, only dropped.
    drop(release);
    assert_eq!(ends.recv_timeout(Duration::from_secs(60)), Err::<(), _>(mpsc::RecvTimeoutError::Disconnected));
    assert_eq!(ran_after.load(Ordering::SeqCst), 0);
}
