//! Any program of timers and immediates, made, cancelled and unref'd, against a model that sorts.

use coil_loop::{Callback, EventLoop, Mode, Options, TimerId, VirtualClock};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// A timer and what it does when it fires; each timer is known by the order of making.
#[derive(Clone, Debug)]
struct Plan {
    delay_ms: u64,
    makes: Vec<Plan>,
    cancels: Vec<usize>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let leaf = (0..20u64, vec(0..60usize, 0..3)).prop_map(|(delay_ms, cancels)| Plan { delay_ms, makes: Vec::new(), cancels });
    leaf.prop_recursive(3, 40, 4, |inner| (0..20u64, vec(inner, 0..4), vec(0..60usize, 0..3)).prop_map(|(delay_ms, makes, cancels)| Plan { delay_ms, makes, cancels }))
}

#[derive(Default)]
struct Model {
    made: Vec<Option<(u64, Plan)>>,
    fired: Vec<usize>,
}

impl Model {
    fn make(&mut self, now_ms: u64, plan: &Plan) {
        self.made.push(Some((now_ms + plan.delay_ms, plan.clone())));
    }

    fn run(mut self) -> Vec<usize> {
        let mut now_ms = 0;
        while let Some(next_ms) = self.made.iter().flatten().map(|timer| timer.0).min() {
            now_ms = next_ms.max(now_ms);
            let mut due: Vec<_> = (0..self.made.len()).filter_map(|id| Some((self.made[id].as_ref()?.0, id))).filter(|due| due.0 <= now_ms).collect();
            due.sort_unstable();
            for (_, id) in due {
                let Some((_, plan)) = self.made[id].take() else {
                    continue;
                };
                self.fired.push(id);
                plan.makes.iter().for_each(|plan| self.make(now_ms, plan));
                for id in plan.cancels {
                    if let Some(timer) = self.made.get_mut(id) {
                        *timer = None;
                    }
                }
            }
        }
        self.fired
    }
}

type Fired = Vec<usize>;

struct Real {
    event_loop: Rc<EventLoop<Fired>>,
    made: RefCell<Vec<TimerId>>,
}

impl Real {
    fn make(self: &Rc<Self>, plan: Plan) {
        let id = self.made.borrow().len();
        let real = self.clone();
        let callback: Callback<Fired> = Box::new(move |fired| {
            fired.push(id);
            plan.makes.into_iter().for_each(|plan| real.make(plan));
            for id in plan.cancels {
                let timer = real.made.borrow().get(id).copied();
                if let Some(timer) = timer {
                    real.event_loop.timer_cancel(timer);
                }
            }
        });
        let timer = self.event_loop.timer(plan.delay_ms, callback);
        self.made.borrow_mut().push(timer);
    }
}

fn virtual_loop() -> Rc<EventLoop<Fired>> {
    let options = Options { clock: Rc::new(VirtualClock::default()), ..Options::default() };
    EventLoop::new(options).expect("the machine gives a poller")
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_program_of_timers_fires_as_the_model_says(plans in vec(plan(), 0..20)) {
        let event_loop = virtual_loop();
        let real = Rc::new(Real { event_loop: event_loop.clone(), made: RefCell::default() });
        let mut model = Model::default();
        for plan in plans {
            model.make(0, &plan);
            real.make(plan);
        }
        let mut fired = Fired::new();
        event_loop.run(&mut fired);
        prop_assert_eq!(fired, model.run());
        prop_assert!(!event_loop.alive());
    }
}

/// What to do, in which order, with things queued for one moment: cancel or unref the one of this number.
#[derive(Clone, Debug)]
enum Change {
    Cancel(usize),
    Unref(usize),
    Make,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        6 => (0..400usize).prop_map(Change::Cancel),
        1 => (0..400usize).prop_map(Change::Unref),
        2 => Just(Change::Make),
    ];
    vec(change, 0..600)
}

/// Makes 200 of a kind, does the changes, and compares what then fires.
fn compare<Id: Copy>(
    changes: Vec<Change>,
    make: impl Fn(&EventLoop<Fired>, Callback<Fired>) -> Id,
    cancel: impl Fn(&EventLoop<Fired>, Id) -> bool,
    set_ref: impl Fn(&EventLoop<Fired>, Id, bool),
    has_ref: impl Fn(&EventLoop<Fired>, Id) -> bool,
) -> Result<(), TestCaseError> {
    let event_loop = virtual_loop();
    let (mut ids, mut alive, mut reffed) = (Vec::new(), Vec::new(), Vec::new());
    for change in std::iter::repeat_n(Change::Make, 200).chain(changes) {
        match change {
            Change::Make => {
                let number = ids.len();
                ids.push(make(&event_loop, Box::new(move |fired: &mut Fired| fired.push(number))));
                alive.push(true);
                reffed.push(true);
            }
            Change::Cancel(number) if number < ids.len() => {
                prop_assert_eq!(cancel(&event_loop, ids[number]), alive[number]);
                alive[number] = false;
            }
            Change::Unref(number) if number < ids.len() => {
                set_ref(&event_loop, ids[number], false);
                reffed[number] = false;
            }
            Change::Cancel(_) | Change::Unref(_) => {}
        }
    }
    let reffed_and_alive = |number: usize| alive[number] && reffed[number];
    for (number, &id) in ids.iter().enumerate() {
        prop_assert_eq!(has_ref(&event_loop, id), reffed_and_alive(number));
    }
    prop_assert_eq!(event_loop.alive(), (0..ids.len()).any(reffed_and_alive));
    prop_assert_eq!(event_loop.active().len(), (0..ids.len()).filter(|&number| reffed_and_alive(number)).count());
    let mut fired = Fired::new();
    event_loop.pending(Box::new(|_| {}));
    event_loop.turn(Mode::Default, &mut fired);
    let expected: Fired = (0..ids.len()).filter(|&number| alive[number]).collect();
    prop_assert_eq!(fired, expected);
    prop_assert!(!event_loop.alive());
    Ok(())
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn any_timers_of_one_deadline_can_be_cancelled_and_unrefd(changes in changes()) {
        compare(changes, |l, callback| l.timer(0, callback), EventLoop::timer_cancel, EventLoop::timer_ref, EventLoop::timer_has_ref)?;
    }

    #[test]
    fn any_immediates_can_be_cancelled_and_unrefd(changes in changes()) {
        compare(changes, EventLoop::immediate, EventLoop::immediate_cancel, EventLoop::immediate_ref, EventLoop::immediate_has_ref)?;
    }
}
