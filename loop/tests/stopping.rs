//! Stopping and going on.

use crate::*;

#[test]
fn stop_takes_effect_after_the_callback_in_every_phase() {
    let phases: [fn(&NamesLoop, Callback<Names>); 4] = [
        |event_loop, callback| {
            event_loop.timer(0, callback);
        },
        |event_loop, callback| event_loop.pending(callback),
        |event_loop, callback| {
            event_loop.immediate(callback);
        },
        |event_loop, callback| event_loop.closing(callback),
    ];
    for queue in phases {
        let (event_loop, _) = virtual_loop();
        // The closing phase runs the last first.
        queue(&event_loop, say_and("stops", &event_loop, |event_loop| event_loop.stop()));
        queue(&event_loop, say_and("stops", &event_loop, |event_loop| event_loop.stop()));
        assert_eq!(run(&event_loop), ["stops"]);
        assert!(event_loop.stopped() && event_loop.alive());
        assert_eq!(run(&event_loop), Names::new(), "stopped is stopped until resumed");
        event_loop.resume();
        assert_eq!(run(&event_loop), ["stops"]);
        event_loop.resume();
        assert_eq!(run(&event_loop), Names::new());
        assert!(!event_loop.alive());
    }
}

#[test]
fn a_stopped_loop_skips_the_phases_that_were_to_come() {
    let (event_loop, _) = virtual_loop();
    event_loop.pending(say_and("pending", &event_loop, |event_loop| event_loop.stop()));
    event_loop.remote().post(|names| names.push("poll"));
    event_loop.immediate(say("check"));
    event_loop.closing(say("closing"));
    assert_eq!(run(&event_loop), ["pending"]);
    event_loop.resume();
    assert_eq!(run(&event_loop), ["poll", "check", "closing"]);
}

#[test]
fn a_loop_stopped_before_it_runs_runs_nothing() {
    let (event_loop, _) = virtual_loop();
    event_loop.immediate(say("immediate"));
    event_loop.stop();
    assert_eq!(run(&event_loop), Names::new());
}

#[test]
fn a_loop_stopped_by_another_thread_s_message_keeps_the_rest_of_the_messages() {
    thread_local! {
        static LOOP: std::cell::RefCell<Option<NamesLoop>> = const { std::cell::RefCell::new(None) };
    }
    let event_loop = real_loop();
    LOOP.set(Some(event_loop.clone()));
    let _hold = event_loop.hold();
    let stop = |names: &mut Names| {
        names.push("stops");
        LOOP.with_borrow(|event_loop| event_loop.as_ref().expect("set above").stop());
    };
    event_loop.remote().post(stop);
    event_loop.remote().post(stop);
    assert_eq!(run(&event_loop), ["stops"]);
    event_loop.resume();
    assert_eq!(run(&event_loop), ["stops"]);
    LOOP.take();
}
