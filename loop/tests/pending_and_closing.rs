//! What is put off: to the pending and to the closing phase.

use crate::*;

#[test]
fn pending_callbacks_run_in_order() {
    let (event_loop, _) = virtual_loop();
    event_loop.pending(say("a"));
    event_loop.pending(say("b"));
    assert!(event_loop.alive());
    assert_eq!(run(&event_loop), ["a", "b"]);
    assert!(!event_loop.alive());
}

#[test]
fn pending_made_by_pending_is_run_after_poll() {
    let (event_loop, _) = virtual_loop();
    event_loop.pending(say_and("a", &event_loop, |event_loop| event_loop.pending(say("nested"))));
    event_loop.pending(say("b"));
    event_loop.remote().post(|names| names.push("poll"));
    event_loop.immediate(say("check"));
    assert_eq!(run(&event_loop), ["a", "b", "poll", "nested", "check"]);
}

#[test]
fn pending_that_makes_itself_again_does_not_starve_the_loop() {
    fn again(event_loop: &NamesLoop) {
        event_loop.pending(say_and("pending", event_loop, again));
    }
    let (event_loop, _) = virtual_loop();
    again(&event_loop);
    event_loop.timer(0, Box::new(|_| {}));
    event_loop.immediate(say_and("check", &event_loop, |event_loop| event_loop.stop()));
    let names = run(&event_loop);
    assert_eq!(names.last(), Some(&"check"));
}

#[test]
fn the_last_closed_is_told_first() {
    // As in Node, where `a.destroy(); b.destroy()` on two sockets emits the close of b first.
    let (event_loop, _) = virtual_loop();
    for name in ["a", "b", "c"] {
        event_loop.closing(say(name));
    }
    assert!(event_loop.alive());
    assert_eq!(run(&event_loop), ["c", "b", "a"]);
}

#[test]
fn closing_made_by_closing_waits_for_the_next_turn() {
    let (event_loop, _) = virtual_loop();
    event_loop.closing(say("a"));
    event_loop.closing(say_and("b", &event_loop, |event_loop| {
        event_loop.closing(say("nested"));
        event_loop.pending(say("next turn"));
    }));
    assert_eq!(run(&event_loop), ["b", "a", "next turn", "nested"]);
}

#[test]
fn neither_lets_the_loop_sleep() {
    let (event_loop, _) = virtual_loop();
    let begin_ms = event_loop.now_ms();
    event_loop.timer(100, say("timer"));
    let told = |name| {
        let inner = event_loop.clone();
        Box::new(move |names: &mut Names| {
            assert_eq!(inner.now_ms(), begin_ms);
            names.push(name);
        })
    };
    event_loop.pending(told("pending"));
    event_loop.closing(told("closing"));
    assert_eq!(run(&event_loop), ["pending", "closing", "timer"]);
}
