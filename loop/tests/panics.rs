//! A callback that unwinds leaves the loop usable, with nothing else lost.

use crate::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Unwinds without a word on stderr.
fn unwinds() -> Callback<Names> {
    Box::new(|_| resume_unwind(Box::new("as the test wants")))
}

/// Runs until it neither unwinds nor is alive; returns how often it unwound.
fn run_on(event_loop: &NamesLoop, names: &mut Names) -> usize {
    (0..).take_while(|_| catch_unwind(AssertUnwindSafe(|| event_loop.run(names))).is_err()).count()
}

#[test]
fn the_rest_of_each_phase_runs_when_the_loop_is_run_again() {
    let phases: [fn(&NamesLoop, Callback<Names>); 5] = [
        |event_loop, callback| {
            event_loop.timer(0, callback);
        },
        |event_loop, callback| event_loop.pending(callback),
        |event_loop, callback| {
            event_loop.immediate(callback);
        },
        |event_loop, callback| event_loop.closing(callback),
        |event_loop, callback| {
            event_loop.offload("work", || (), |_, names| callback(names));
        },
    ];
    for queue in phases {
        let (event_loop, _) = virtual_loop();
        queue(&event_loop, say("before"));
        queue(&event_loop, unwinds());
        queue(&event_loop, say("after"));
        event_loop.timer(10, say("timer"));
        let mut names = Names::new();
        assert_eq!(run_on(&event_loop, &mut names), 1);
        names.sort_unstable();
        assert_eq!(names, ["after", "before", "timer"]);
        assert!(!event_loop.alive());
    }
}

#[test]
fn a_work_that_panics_does_so_on_the_loop_s_thread() {
    let event_loop = real_loop();
    event_loop.offload(
        "bad",
        || resume_unwind(Box::new("on the worker")),
        |_: coil_loop::Outcome<()>, names: &mut Names| {
            names.push("not called");
        },
    );
    event_loop.offload("good", || 1, |outcome, names| names.extend(outcome.done().map(|_| "good")));
    let mut names = Names::new();
    let panic = catch_unwind(AssertUnwindSafe(|| event_loop.run(&mut names)));
    let second = run_on(&event_loop, &mut names);
    assert_eq!(second, 0);
    assert_eq!(names, ["good"]);
    assert_eq!(panic.err().and_then(|payload| payload.downcast_ref().copied()), Some("on the worker"));
}

#[cfg(unix)]
#[test]
fn a_source_that_unwinds_is_told_again() {
    use coil_loop::{Interest, Ready, Source};
    use std::cell::Cell;
    use std::os::unix::net::UnixStream;

    struct UnwindsOnce(Cell<bool>, NamesLoop, Cell<Option<coil_loop::Token>>);
    impl Source<Names> for UnwindsOnce {
        fn ready(self: Rc<Self>, _: Ready, names: &mut Names) {
            names.push("ready");
            if self.0.replace(false) {
                resume_unwind(Box::new("as the test wants"));
            }
            self.1.deregister(self.2.get().expect("registered")).expect("is registered");
        }
    }
    let event_loop = real_loop();
    let (near, far) = UnixStream::pair().expect("a pair");
    drop(far);
    let source = Rc::new(UnwindsOnce(Cell::new(true), event_loop.clone(), Cell::new(None)));
    source.2.set(Some(event_loop.register(&near, Interest::READABLE, source.clone()).expect("registers")));
    let mut names = Names::new();
    assert_eq!(run_on(&event_loop, &mut names), 1);
    assert_eq!(names, ["ready", "ready"]);
}
