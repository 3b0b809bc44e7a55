//! The order of the phases, as libuv 1.51 and Node 25 have it.

use crate::*;
use coil_loop::Mode;

#[test]
fn a_turn_goes_through_the_phases_in_order() {
    let (event_loop, _) = virtual_loop();
    event_loop.closing(say("closing"));
    event_loop.immediate(say("check"));
    event_loop.remote().post(|names| names.push("poll"));
    event_loop.pending(say("pending"));
    event_loop.timer(0, say("timers"));
    assert_eq!(run(&event_loop), ["timers", "pending", "poll", "check", "closing"]);
}

#[test]
fn a_timer_due_at_the_start_comes_before_an_immediate() {
    let (event_loop, clock) = virtual_loop();
    event_loop.immediate(say("immediate"));
    event_loop.timer(1, say("timer"));
    clock.advance(1_000_000);
    assert_eq!(run(&event_loop), ["timer", "immediate"]);
}

#[test]
fn a_timer_not_yet_due_at_the_start_comes_after_an_immediate() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(1, say("timer"));
    event_loop.immediate(say("immediate"));
    assert_eq!(run(&event_loop), ["immediate", "timer"]);
}

#[test]
fn from_the_poll_phase_an_immediate_always_comes_before_a_timer() {
    let (event_loop, _) = virtual_loop();
    let inner = event_loop.clone();
    event_loop.offload(
        "work",
        || (),
        move |_, names: &mut Names| {
            names.push("work");
            inner.timer(0, say("timer"));
            inner.immediate(say("immediate"));
        },
    );
    assert_eq!(run(&event_loop), ["work", "immediate", "timer"]);
}

#[test]
fn from_a_timer_an_immediate_comes_before_a_timer() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(
        1,
        say_and("first", &event_loop, |event_loop| {
            event_loop.timer(0, say("timer"));
            event_loop.immediate(say("immediate"));
        }),
    );
    assert_eq!(run(&event_loop), ["first", "immediate", "timer"]);
}

#[test]
fn from_an_immediate_a_due_timer_comes_before_the_next_immediate() {
    let (event_loop, _) = virtual_loop();
    event_loop.immediate(say_and("first", &event_loop, |event_loop| {
        event_loop.immediate(say("immediate"));
        event_loop.timer(0, say("timer"));
    }));
    assert_eq!(run(&event_loop), ["first", "timer", "immediate"]);
}

#[test]
fn what_becomes_pending_in_poll_runs_before_check() {
    let (event_loop, _) = virtual_loop();
    event_loop.immediate(say("check"));
    let inner = event_loop.clone();
    event_loop.remote().post({
        // A Remote takes only what may cross threads, so the loop goes by way of a pending callback.
        |names| names.push("poll")
    });
    event_loop.offload(
        "work",
        || (),
        move |_, names: &mut Names| {
            names.push("work");
            inner.pending(say("pending"));
            inner.immediate(say("later check"));
        },
    );
    assert_eq!(run(&event_loop), ["poll", "check", "work", "pending", "later check"]);
}

#[test]
fn a_closing_callback_can_go_on() {
    let (event_loop, _) = virtual_loop();
    event_loop.closing(say_and("closing", &event_loop, |event_loop| {
        event_loop.closing(say("closing again"));
        event_loop.immediate(say("check"));
    }));
    assert_eq!(run(&event_loop), ["closing", "check", "closing again"]);
}

#[test]
fn turns_in_a_row_do_what_a_run_does() {
    let program = |event_loop: &NamesLoop| {
        event_loop.timer(
            0,
            say_and("a", event_loop, |event_loop| {
                event_loop.immediate(say("b"));
                event_loop.timer(3, say("c"));
                event_loop.closing(say("d"));
            }),
        );
        event_loop.immediate(say("e"));
    };
    let (at_once, _) = virtual_loop();
    program(&at_once);
    let (by_turns, _) = virtual_loop();
    program(&by_turns);
    let mut names = Names::new();
    while by_turns.turn(Mode::Default, &mut names) {}
    assert_eq!(names, run(&at_once));
}

#[test]
fn once_does_not_begin_with_timers() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(0, say("timer"));
    event_loop.immediate(say("immediate"));
    assert_eq!(turn(&event_loop, Mode::Once), (vec!["immediate", "timer"], false));
}

#[test]
fn once_sleeps_until_the_next_timer() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(50, say("timer"));
    assert_eq!(turn(&event_loop, Mode::Once), (vec!["timer"], false));
}

#[test]
fn no_wait_does_not_sleep() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(50, say("timer"));
    assert_eq!(turn(&event_loop, Mode::NoWait), (vec![], true));
}

#[test]
fn a_turn_of_a_loop_that_is_not_alive_does_nothing() {
    let (event_loop, clock) = virtual_loop();
    let timer = event_loop.timer(0, say("unref'd"));
    event_loop.timer_ref(timer, false);
    clock.advance(5_000_000);
    assert_eq!(turn(&event_loop, Mode::Default), (vec![], false));
    assert!(event_loop.timer_active(timer));
}

#[test]
fn a_callback_may_turn_the_loop_itself() {
    let (event_loop, _) = virtual_loop();
    let inner = event_loop.clone();
    event_loop.immediate(Box::new(move |names: &mut Names| {
        names.push("outer begins");
        while inner.turn(Mode::NoWait, names) && !names.contains(&"third") {}
        names.push("outer ends");
    }));
    event_loop.immediate(say("second"));
    event_loop.immediate(say("third"));
    event_loop.closing(say("closing"));
    assert_eq!(run(&event_loop), ["outer begins", "second", "third", "closing", "outer ends"]);
}
