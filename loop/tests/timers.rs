//! Timers: when, in which order, cancelled how.

use crate::*;

#[test]
fn timers_fire_by_deadline() {
    let (event_loop, _) = virtual_loop();
    for (delay_ms, name) in [(30, "c"), (10, "a"), (20, "b")] {
        event_loop.timer(delay_ms, say(name));
    }
    assert_eq!(run(&event_loop), ["a", "b", "c"]);
}

#[test]
fn timers_of_one_deadline_fire_in_the_order_of_making() {
    let (event_loop, clock) = virtual_loop();
    event_loop.timer(10, say("a"));
    event_loop.timer(10, say("b"));
    clock.advance(5_000_000);
    event_loop.timer(5, say("c"));
    event_loop.timer(4, say("earlier"));
    assert_eq!(run(&event_loop), ["earlier", "a", "b", "c"]);
}

#[test]
fn a_timer_counts_from_when_it_is_made_not_from_when_the_phase_began() {
    let (event_loop, clock) = virtual_loop();
    let start_ms = event_loop.now_ms();
    let (inner, busy) = (event_loop.clone(), clock.clone());
    event_loop.immediate(Box::new(move |_| {
        busy.advance(50_000_000);
        inner.timer(10, say("timer"));
    }));
    assert_eq!(run(&event_loop), ["timer"]);
    assert_eq!(event_loop.now_ms() - start_ms, 60);
}

#[test]
fn a_timer_made_by_a_timer_never_fires_in_the_same_pass() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(
        0,
        say_and("first", &event_loop, |event_loop| {
            event_loop.timer(0, say("nested"));
            event_loop.immediate(say("between"));
        }),
    );
    event_loop.timer(0, say("second"));
    assert_eq!(run(&event_loop), ["first", "second", "between", "nested"]);
}

#[test]
fn a_timer_that_makes_itself_again_does_not_starve_the_loop() {
    fn again(event_loop: &NamesLoop, left: u32) {
        event_loop.timer(
            0,
            say_and("timer", event_loop, move |event_loop| {
                if left > 1 {
                    again(event_loop, left - 1);
                }
            }),
        );
    }
    let (event_loop, _) = virtual_loop();
    again(&event_loop, 3);
    event_loop.immediate(say("immediate"));
    assert_eq!(run(&event_loop), ["timer", "immediate", "timer", "timer"]);
}

#[test]
fn a_cancelled_timer_does_not_fire_nor_keep_the_loop_alive() {
    let (event_loop, _) = virtual_loop();
    let timer = event_loop.timer(1000, say("cancelled"));
    assert!(event_loop.timer_active(timer));
    assert!(event_loop.timer_cancel(timer));
    assert!(!event_loop.timer_cancel(timer));
    assert!(!event_loop.timer_active(timer) && !event_loop.timer_has_ref(timer));
    assert!(!event_loop.alive());
    assert_eq!(run(&event_loop), Names::new());
}

#[test]
fn a_timer_due_in_the_same_pass_can_be_cancelled() {
    let (event_loop, _) = virtual_loop();
    let second = Rc::new(std::cell::Cell::new(None));
    let to_cancel = second.clone();
    event_loop.timer(
        0,
        say_and("first", &event_loop, move |event_loop| {
            assert!(event_loop.timer_cancel(to_cancel.take().expect("made below")));
        }),
    );
    second.set(Some(event_loop.timer(0, say("second"))));
    event_loop.timer(0, say("third"));
    assert_eq!(run(&event_loop), ["first", "third"]);
}

#[test]
fn any_timer_of_a_deadline_can_be_cancelled() {
    for cancelled in 0..3 {
        let (event_loop, _) = virtual_loop();
        let names = ["a", "b", "c"];
        let timers = names.map(|name| event_loop.timer(7, say(name)));
        event_loop.timer_cancel(timers[cancelled]);
        let left: Names = names.into_iter().filter(|name| *name != names[cancelled]).collect();
        assert_eq!(run(&event_loop), left);
    }
}

#[test]
fn a_timer_cannot_be_cancelled_by_itself_because_it_has_fired() {
    let (event_loop, _) = virtual_loop();
    let own = Rc::new(std::cell::Cell::new(None));
    let id = own.clone();
    own.set(Some(event_loop.timer(
        1,
        say_and("timer", &event_loop, move |event_loop| {
            assert!(!event_loop.timer_cancel(id.take().expect("set when it was made")));
        }),
    )));
    assert_eq!(run(&event_loop), ["timer"]);
}

#[test]
fn an_old_name_never_means_a_new_timer() {
    let (event_loop, _) = virtual_loop();
    let old = event_loop.timer(5, say("old"));
    event_loop.timer_cancel(old);
    let new = event_loop.timer(5, say("new"));
    assert_ne!(old, new);
    assert!(!event_loop.timer_cancel(old));
    event_loop.timer_ref(old, false);
    assert!(event_loop.timer_has_ref(new));
    assert_eq!(run(&event_loop), ["new"]);
}

#[test]
fn an_old_name_stays_old_when_the_memory_was_given_back() {
    let (event_loop, _) = virtual_loop();
    let old: Vec<_> = (0..5000).map(|_| event_loop.timer(5, say("old"))).collect();
    for &id in &old {
        assert!(event_loop.timer_cancel(id));
    }
    let new: Vec<_> = (0..5000).map(|_| event_loop.timer(5, say("new"))).collect();
    assert!(old.iter().all(|&id| !event_loop.timer_cancel(id)));
    assert!(new.iter().all(|&id| event_loop.timer_cancel(id)));
}

#[test]
fn what_a_cancelled_timer_held_is_dropped_at_once() {
    let (event_loop, _) = virtual_loop();
    let held = Rc::new(());
    let holds = held.clone();
    let timer = event_loop.timer(5, Box::new(move |_| drop(holds)));
    event_loop.timer_cancel(timer);
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn what_is_dropped_by_cancelling_may_use_the_loop() {
    struct Cancels(NamesLoop, coil_loop::TimerId);
    impl Drop for Cancels {
        fn drop(&mut self) {
            assert!(self.0.timer_cancel(self.1));
        }
    }
    let (event_loop, _) = virtual_loop();
    let other = event_loop.timer(5, say("other"));
    let cancels = Cancels(event_loop.clone(), other);
    let timer = event_loop.timer(5, Box::new(move |_| drop(cancels)));
    event_loop.timer_cancel(timer);
    assert!(!event_loop.alive());
}

#[test]
fn the_longest_delay_is_beyond_all_others() {
    let (event_loop, _) = virtual_loop();
    let never = event_loop.timer(u64::MAX, say("never"));
    event_loop.timer(
        i32::MAX as u64,
        say_and("in 24 days", &event_loop, move |event_loop| {
            event_loop.timer_cancel(never);
        }),
    );
    assert_eq!(run(&event_loop), ["in 24 days"]);
}

#[test]
fn a_real_timer_does_not_fire_early() {
    let event_loop = real_loop();
    let begin = event_loop.now_ms();
    event_loop.timer(20, say("timer"));
    assert_eq!(run(&event_loop), ["timer"]);
    assert!(event_loop.now_ms() - begin >= 20);
}
