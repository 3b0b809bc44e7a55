//! What the observer is told, and in which order.

use crate::*;
use coil_loop::{Clock, Event, Item, Kind, Observer, Phase, What};
use std::cell::RefCell;

#[derive(Default)]
struct Recorder(RefCell<Vec<Event>>);

impl Observer for Recorder {
    fn event(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}

fn observed_loop() -> (NamesLoop, Rc<Recorder>, Rc<VirtualClock>) {
    let (recorder, clock) = (Rc::new(Recorder::default()), Rc::new(VirtualClock::new(1_000_000)));
    let options = Options { clock: clock.clone(), observer: Some(recorder.clone()), ..Options::default() };
    (EventLoop::new(options).expect("the machine gives a poller"), recorder, clock)
}

impl Recorder {
    fn take(&self) -> Vec<What> {
        self.0.take().into_iter().map(|event| event.what).collect()
    }

    /// Without turns, phases and waits.
    fn items(&self) -> Vec<What> {
        let of_item = |what: &What| matches!(what, What::Enqueue { .. } | What::Cancel(_) | What::CallBegin(_) | What::CallEnd(_));
        self.take().into_iter().filter(of_item).collect()
    }
}

fn item(kind: Kind, id: u64) -> Item {
    Item { kind, id, label: kind.name() }
}

#[test]
fn a_turn_is_told_from_begin_to_end() {
    let (event_loop, recorder, _) = observed_loop();
    let timer = event_loop.timer(3, say("timer"));
    run(&event_loop);
    let timer = item(Kind::Timer, timer.as_u64());
    let expected = [
        What::Enqueue { item: timer, delay_ms: Some(3) },
        What::TurnBegin { turn: 1 },
        What::PhaseBegin(Phase::Timers),
        What::PhaseEnd(Phase::Timers),
        What::PhaseBegin(Phase::Pending),
        What::PhaseEnd(Phase::Pending),
        What::PhaseBegin(Phase::Poll),
        What::Skip { to_ns: 4_000_000 },
        What::PhaseEnd(Phase::Poll),
        What::PhaseBegin(Phase::Check),
        What::PhaseEnd(Phase::Check),
        What::PhaseBegin(Phase::Closing),
        What::PhaseEnd(Phase::Closing),
        What::PhaseBegin(Phase::Timers),
        What::CallBegin(timer),
        What::CallEnd(timer),
        What::PhaseEnd(Phase::Timers),
        What::TurnEnd { turn: 1 },
    ];
    assert_eq!(recorder.take(), expected);
}

#[test]
fn every_kind_of_item_is_told_by_its_id() {
    let (event_loop, recorder, _) = observed_loop();
    let immediate = item(Kind::Immediate, event_loop.immediate(say("immediate")).as_u64());
    event_loop.pending(say("pending"));
    event_loop.closing(say("closing"));
    run(&event_loop);
    let (pending, closing) = (item(Kind::Pending, 1), item(Kind::Closing, 1));
    let mut expected: Vec<_> = [immediate, pending, closing].map(|item| What::Enqueue { item, delay_ms: None }).into();
    expected.extend([pending, immediate, closing].iter().flat_map(|&item| [What::CallBegin(item), What::CallEnd(item)]));
    assert_eq!(recorder.items(), expected);
}

#[test]
fn cancelling_is_told() {
    let (event_loop, recorder, _) = observed_loop();
    let (timer, immediate) = (event_loop.timer(1, say("timer")), event_loop.immediate(say("immediate")));
    recorder.take();
    event_loop.timer_cancel(timer);
    event_loop.immediate_cancel(immediate);
    event_loop.timer_cancel(timer);
    let expected = [(Kind::Timer, timer.as_u64()), (Kind::Immediate, immediate.as_u64())];
    assert_eq!(recorder.take(), expected.map(|(kind, id)| What::Cancel(item(kind, id))));
}

#[test]
fn a_work_is_told_with_the_worker_that_did_it_and_when() {
    let (event_loop, recorder, _) = observed_loop();
    let work = event_loop.offload("stat", || (), |_, names| names.push("done"));
    run(&event_loop);
    let item = Item { kind: Kind::Work, id: work.as_u64(), label: "stat" };
    let of_work: Vec<_> = recorder
        .take()
        .into_iter()
        .filter(|what| !matches!(what, What::TurnBegin { .. } | What::TurnEnd { .. } | What::PhaseBegin(_) | What::PhaseEnd(_)))
        .filter(|what| !matches!(what, What::WaitBegin { .. } | What::WaitEnd { .. }))
        .collect();
    let expected = [What::Enqueue { item, delay_ms: None }, What::SlotBegin { worker: 0, item }, What::SlotEnd { worker: 0, item }, What::CallBegin(item), What::CallEnd(item)];
    assert_eq!(of_work, expected);
}

#[test]
fn a_message_of_another_thread_is_told() {
    let (event_loop, recorder, _) = observed_loop();
    event_loop.remote().post(|_| {});
    event_loop.pending(Box::new(|_| {}));
    run(&event_loop);
    let kinds: Vec<_> = recorder
        .items()
        .into_iter()
        .filter_map(|what| match what {
            What::Enqueue { item, .. } if item.kind == Kind::Remote => Some("enqueue"),
            What::CallBegin(item) if item.kind == Kind::Remote => Some("begin"),
            What::CallEnd(item) if item.kind == Kind::Remote => Some("end"),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, ["enqueue", "begin", "end"]);
}

#[test]
fn times_are_those_of_the_loop_s_clock() {
    let (event_loop, recorder, clock) = observed_loop();
    event_loop.timer(2, Box::new(|_| {}));
    run(&event_loop);
    let events = recorder.0.take();
    assert_eq!(events.first().map(|event| event.at_ns), Some(1_000_000));
    assert_eq!(events.last().map(|event| event.at_ns), Some(clock.now_ns()));
    assert!(events.is_sorted_by_key(|event| event.at_ns));
}

#[test]
fn an_observer_may_ask_the_loop() {
    struct Asks(RefCell<std::rc::Weak<EventLoop<Names>>>);
    impl Observer for Asks {
        fn event(&self, _: Event) {
            if let Some(event_loop) = self.0.borrow().upgrade() {
                event_loop.active();
                event_loop.metrics();
                assert!(event_loop.observer().is_some());
            }
        }
    }
    let asks = Rc::new(Asks(RefCell::default()));
    let options = Options { observer: Some(asks.clone()), ..Options::default() };
    let event_loop: NamesLoop = EventLoop::new(options).expect("the machine gives a poller");
    asks.0.replace(Rc::downgrade(&event_loop));
    event_loop.timer_cancel(event_loop.timer(1, say("cancelled")));
    event_loop.timer(1, say("timer"));
    event_loop.immediate(say("immediate"));
    event_loop.offload("work", || (), |_, names| names.push("work"));
    event_loop.closing(say("closing"));
    assert_eq!(run(&event_loop).len(), 4);
}
