//! Real and virtual time.

use crate::*;
use coil_loop::{Clock, RealClock};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[test]
fn a_virtual_day_passes_at_once() {
    let (event_loop, clock) = virtual_loop();
    let begin_ns = clock.now_ns();
    event_loop.timer(DAY_MS, say("tomorrow"));
    event_loop.timer(DAY_MS / 2, say("tonight"));
    assert_eq!(run(&event_loop), ["tonight", "tomorrow"]);
    assert_eq!(clock.now_ns() - begin_ns, DAY_MS * 1_000_000);
}

#[test]
fn virtual_time_stands_still_while_there_is_something_to_do() {
    let (event_loop, clock) = virtual_loop();
    let begin_ns = clock.now_ns();
    event_loop.timer(5, say("timer"));
    event_loop.immediate(say_and("a", &event_loop, |event_loop| {
        event_loop.immediate(say("b"));
    }));
    assert_eq!(run(&event_loop), ["a", "b", "timer"]);
    assert_eq!(clock.now_ns() - begin_ns, 5_000_000);
}

#[test]
fn virtual_time_waits_for_works() {
    let (event_loop, clock) = virtual_loop();
    let begin_ns = clock.now_ns();
    event_loop.timer(1, say("timer"));
    let inner = event_loop.clone();
    let work = || std::thread::sleep(std::time::Duration::from_millis(30));
    event_loop.offload("slow", work, move |_, names: &mut Names| {
        assert_eq!(inner.now_ns(), begin_ns);
        names.push("work");
    });
    assert_eq!(run(&event_loop), ["work", "timer"]);
}

#[test]
fn a_virtual_clock_never_goes_back() {
    let clock = VirtualClock::new(5);
    assert!(clock.virtual_skip(3));
    assert_eq!(clock.now_ns(), 5);
    clock.advance(2);
    assert_eq!(clock.now_ns(), 7);
}

#[test]
fn the_loop_s_time_is_kept_until_updated() {
    let (event_loop, clock) = virtual_loop();
    let begin_ms = event_loop.now_ms();
    clock.advance(3_500_000);
    assert_eq!(event_loop.now_ms(), begin_ms);
    event_loop.update_now();
    assert_eq!(event_loop.now_ms(), begin_ms + 3);
    assert_eq!(event_loop.now_ns(), clock.now_ns());
}

#[test]
fn the_real_clock_goes_on_and_is_not_virtual() {
    let clock = RealClock;
    let (first, second) = (clock.now_ns(), clock.now_ns());
    assert!(first <= second);
    assert!(!clock.virtual_skip(u64::MAX));
}
