//! What keeps the loop alive, and what does not.

use crate::*;
use coil_loop::{Active, Kind};

#[test]
fn an_empty_loop_ends() {
    let event_loop = real_loop();
    assert!(!event_loop.alive());
    assert_eq!(run(&event_loop), Names::new());
}

#[test]
fn an_unrefd_timer_does_not_keep_the_loop_alive() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer(10, say("ref'd"));
    let early = event_loop.timer(5, say("unref'd, early"));
    let late = event_loop.timer(15, say("unref'd, late"));
    event_loop.timer_ref(early, false);
    event_loop.timer_ref(late, false);
    assert!(!event_loop.timer_has_ref(late) && event_loop.timer_active(late));
    assert_eq!(run(&event_loop), ["unref'd, early", "ref'd"]);
}

#[test]
fn a_timer_refd_again_keeps_the_loop_alive_again() {
    let (event_loop, _) = virtual_loop();
    let timer = event_loop.timer(5, say("timer"));
    event_loop.timer_ref(timer, false);
    event_loop.timer_ref(timer, true);
    event_loop.timer_ref(timer, true);
    assert_eq!(run(&event_loop), ["timer"]);
    assert!(!event_loop.alive());
}

#[test]
fn a_hold_keeps_the_loop_alive_until_dropped() {
    let (event_loop, _) = virtual_loop();
    let hold = event_loop.hold();
    assert!(event_loop.alive() && hold.has_ref());
    hold.set_ref(false);
    assert!(!event_loop.alive());
    hold.set_ref(true);
    hold.set_ref(true);
    assert!(event_loop.alive());
    event_loop.timer(5, Box::new(move |_| drop(hold)));
    assert_eq!(run(&event_loop), Names::new());
    assert!(!event_loop.alive());
}

#[test]
fn a_hold_may_outlive_the_loop() {
    let event_loop = real_loop();
    let hold = event_loop.hold();
    drop(event_loop);
    drop(hold);
}

#[test]
fn active_lists_what_keeps_the_loop_alive() {
    let (event_loop, _) = virtual_loop();
    event_loop.timer_ref(event_loop.timer(1, say("unref'd")), false);
    event_loop.timer(1, say("timer"));
    event_loop.immediate(say("immediate"));
    event_loop.pending(say("pending"));
    event_loop.closing(say("closing"));
    event_loop.offload("stat", || (), |_, _| {});
    let (_hold, _other, off) = (event_loop.hold(), event_loop.hold_as("port"), event_loop.hold_as("port"));
    off.set_ref(false);
    let expected = [(Kind::Timer, "timer"), (Kind::Immediate, "immediate"), (Kind::Pending, "pending"), (Kind::Closing, "closing"), (Kind::Work, "stat"), (Kind::Hold, "hold"), (Kind::Hold, "port")];
    assert_eq!(event_loop.active(), expected.map(|(kind, label)| Active { kind, label }));
}

#[test]
fn clear_forgets_everything() {
    let (event_loop, _) = virtual_loop();
    let held = Rc::new(());
    let holding = |event_loop: &NamesLoop| {
        let (held, event_loop) = (held.clone(), event_loop.clone());
        Box::new(move |_: &mut Names| drop((held, event_loop)))
    };
    event_loop.timer(1, holding(&event_loop));
    event_loop.timer_ref(event_loop.timer(1, holding(&event_loop)), false);
    event_loop.immediate(holding(&event_loop));
    event_loop.pending(holding(&event_loop));
    event_loop.closing(holding(&event_loop));
    event_loop.clear();
    assert_eq!((Rc::strong_count(&held), Rc::strong_count(&event_loop)), (1, 1));
    assert!(!event_loop.alive());
    assert_eq!(run(&event_loop), Names::new());
    event_loop.timer(1, say("of use still"));
    assert_eq!(run(&event_loop), ["of use still"]);
}
