//! An idle loop sleeps: it uses no processor.

use crate::*;
use std::time::Duration;

#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(unix)]
#[test]
fn waiting_for_a_timer_costs_nothing() {
    let event_loop = real_loop();
    event_loop.timer(200, say("timer"));
    let before = processor_time();
    assert_eq!(run(&event_loop), ["timer"]);
    // A loop that spins would use all of the 200 ms.
    assert!(processor_time() - before < Duration::from_millis(100));
    let metrics = event_loop.metrics();
    assert!(metrics.loop_count <= 50, "{metrics:?}");
    assert!(metrics.idle_ns > 100_000_000, "{metrics:?}");
}

#[cfg(unix)]
#[test]
fn waiting_for_a_thread_costs_nothing() {
    let event_loop = real_loop();
    let sleeps = || std::thread::sleep(Duration::from_millis(200));
    event_loop.offload("sleeps", sleeps, |_, names| names.push("done"));
    let before = processor_time();
    assert_eq!(run(&event_loop), ["done"]);
    assert!(processor_time() - before < Duration::from_millis(100));
    assert!(event_loop.metrics().loop_count <= 50);
}

#[test]
fn metrics_count_turns_and_events() {
    let event_loop = real_loop();
    assert_eq!(event_loop.metrics(), coil_loop::Metrics::default());
    let mut names = Names::new();
    let _hold = event_loop.hold();
    event_loop.remote().post(|_| {});
    event_loop.remote().post(|_| {});
    event_loop.turn(coil_loop::Mode::NoWait, &mut names);
    event_loop.turn(coil_loop::Mode::NoWait, &mut names);
    let metrics = event_loop.metrics();
    assert_eq!((metrics.loop_count, metrics.events, metrics.events_waiting, metrics.idle_ns), (2, 2, 2, 0));
    assert!(metrics.start_ns.is_some());
}
