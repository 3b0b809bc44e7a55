//! Immediates: the check phase.

use crate::*;
use std::cell::Cell;

#[test]
fn immediates_run_in_the_order_of_making() {
    let (event_loop, _) = virtual_loop();
    for name in ["a", "b", "c"] {
        event_loop.immediate(say(name));
    }
    assert_eq!(run(&event_loop), ["a", "b", "c"]);
}

#[test]
fn an_immediate_made_by_an_immediate_runs_in_the_next_turn() {
    let (event_loop, _) = virtual_loop();
    event_loop.immediate(say_and("a", &event_loop, |event_loop| {
        event_loop.immediate(say("nested"));
        event_loop.closing(say("closing"));
    }));
    event_loop.immediate(say("b"));
    assert_eq!(run(&event_loop), ["a", "b", "closing", "nested"]);
}

#[test]
fn an_immediate_can_be_cancelled_by_another() {
    let (event_loop, _) = virtual_loop();
    let second = Rc::new(Cell::new(None));
    let to_cancel = second.clone();
    event_loop.immediate(say_and("a", &event_loop, move |event_loop| {
        let id = to_cancel.take().expect("made below");
        assert!(event_loop.immediate_cancel(id));
        assert!(!event_loop.immediate_cancel(id));
    }));
    second.set(Some(event_loop.immediate(say("b"))));
    event_loop.immediate(say("c"));
    assert_eq!(run(&event_loop), ["a", "c"]);
}

#[test]
fn a_cancelled_immediate_does_not_keep_the_loop_alive() {
    let (event_loop, _) = virtual_loop();
    let immediate = event_loop.immediate(say("cancelled"));
    assert!(event_loop.alive() && event_loop.immediate_has_ref(immediate));
    event_loop.immediate_cancel(immediate);
    assert!(!event_loop.alive() && !event_loop.immediate_has_ref(immediate));
}

#[test]
fn the_immediate_that_runs_cannot_be_cancelled_any_more() {
    let (event_loop, _) = virtual_loop();
    let own = Rc::new(Cell::new(None));
    let id = own.clone();
    own.set(Some(event_loop.immediate(say_and("a", &event_loop, move |event_loop| {
        assert!(!event_loop.immediate_cancel(id.take().expect("set when it was made")));
    }))));
    assert_eq!(run(&event_loop), ["a"]);
}

#[test]
fn an_unrefd_immediate_runs_if_the_loop_turns_anyway() {
    let (event_loop, _) = virtual_loop();
    let immediate = event_loop.immediate(say("unref'd"));
    event_loop.immediate_ref(immediate, false);
    assert!(!event_loop.alive());
    assert_eq!(run(&event_loop), Names::new());
    event_loop.pending(say("pending"));
    assert_eq!(run(&event_loop), ["pending", "unref'd"]);
}

#[test]
fn an_unrefd_immediate_does_not_keep_the_loop_from_sleeping() {
    let (event_loop, _) = virtual_loop();
    let before_ms = event_loop.now_ms();
    let slept_ms = Rc::new(Cell::new(0));
    let (inner, slept) = (event_loop.clone(), slept_ms.clone());
    let immediate = event_loop.immediate(Box::new(move |_| slept.set(inner.now_ms() - before_ms)));
    event_loop.immediate_ref(immediate, false);
    event_loop.timer(40, say("timer"));
    assert_eq!(run(&event_loop), ["timer"]);
    assert_eq!(slept_ms.get(), 40);
}

#[test]
fn an_immediate_refd_again_keeps_the_loop_alive_again() {
    let (event_loop, _) = virtual_loop();
    let immediate = event_loop.immediate(say("immediate"));
    event_loop.immediate_ref(immediate, false);
    event_loop.immediate_ref(immediate, false);
    event_loop.immediate_ref(immediate, true);
    assert_eq!(run(&event_loop), ["immediate"]);
    assert!(!event_loop.alive());
}
