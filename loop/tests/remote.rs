//! Other threads.

use crate::*;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[test]
fn a_message_wakes_a_sleeping_loop() {
    let event_loop = real_loop();
    watchdog(&event_loop);
    let hold = event_loop.hold();
    let remote = event_loop.remote();
    let sender = thread::spawn(move || {
        // Long enough that the loop sleeps, most times; right either way.
        thread::sleep(Duration::from_millis(20));
        remote.post(|names| names.push("woken"));
    });
    let mut names = Names::new();
    while names.is_empty() {
        event_loop.turn(coil_loop::Mode::Once, &mut names);
    }
    assert_eq!(names, ["woken"]);
    sender.join().expect("the sender does not panic");
    drop(hold);
}

#[test]
fn messages_arrive_in_order_and_none_is_lost() {
    const THREADS: usize = 4;
    const EACH: u32 = 5_000;
    struct Seen {
        last: [u32; THREADS],
        count: u32,
    }
    let event_loop = EventLoop::<Seen>::new(Options::default()).expect("the machine gives a poller");
    let hold = event_loop.hold();
    let bark = event_loop.clone();
    event_loop.timer_ref(event_loop.timer(120_000, Box::new(move |_| bark.stop())), false);
    let senders: Vec<_> = (0..THREADS)
        .map(|sender| {
            let remote = event_loop.remote();
            thread::spawn(move || {
                for number in 1..=EACH {
                    remote.post(move |seen: &mut Seen| {
                        assert_eq!(seen.last[sender] + 1, number);
                        seen.last[sender] = number;
                        seen.count += 1;
                    });
                    if number % 64 == 0 {
                        // Lets the loop fall asleep now and then: that is where a wake-up could be lost.
                        thread::sleep(Duration::from_micros(50));
                    }
                }
            })
        })
        .collect();
    let mut seen = Seen { last: [0; THREADS], count: 0 };
    while seen.count < THREADS as u32 * EACH && event_loop.turn(coil_loop::Mode::Default, &mut seen) {}
    assert_eq!(seen.count, THREADS as u32 * EACH);
    senders.into_iter().for_each(|sender| sender.join().expect("no sender panics"));
    drop(hold);
}

#[test]
fn a_remote_does_not_keep_the_loop_alive() {
    let event_loop = real_loop();
    let remote = event_loop.remote();
    remote.post(|names| names.push("message"));
    assert!(!event_loop.alive());
    assert_eq!(run(&event_loop), Names::new());
    event_loop.pending(say("pending"));
    assert_eq!(run(&event_loop), ["pending", "message"]);
}

#[test]
fn messages_sent_by_messages_wait_for_the_next_turn() {
    let event_loop = real_loop();
    let remote = event_loop.remote();
    event_loop.immediate(say("check"));
    let _hold = event_loop.hold();
    event_loop.remote().post(move |names| {
        names.push("first");
        remote.post(|names| names.push("second"));
    });
    let mut names = Names::new();
    while names.len() < 3 {
        event_loop.turn(coil_loop::Mode::Default, &mut names);
    }
    assert_eq!(names, ["first", "check", "second"]);
}

#[test]
fn a_remote_tells_when_the_loop_is_no_more() {
    let event_loop = real_loop();
    let remote = event_loop.remote();
    assert!(remote.post(|_| {}));
    drop(event_loop);
    assert!(!remote.clone().post(|_| {}));
}

#[test]
fn what_was_sent_is_dropped_with_the_loop() {
    let event_loop = real_loop();
    let (sent, dropped) = mpsc::channel::<()>();
    event_loop.remote().post(move |_| drop(sent));
    drop(event_loop);
    assert_eq!(dropped.recv_timeout(Duration::from_secs(60)), Err(mpsc::RecvTimeoutError::Disconnected));
}
