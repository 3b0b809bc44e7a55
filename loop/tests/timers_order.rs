//! The order of timers against a model that sorts, for any program of making and cancelling.

use coil_loop::{Callback, EventLoop, Options, TimerId, VirtualClock};
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
    let leaf = (0..20u64, vec(0..60usize, 0..3))
        .prop_map(|(delay_ms, cancels)| Plan { delay_ms, makes: Vec::new(), cancels });
    leaf.prop_recursive(3, 40, 4, |inner| {
        (0..20u64, vec(inner, 0..4), vec(0..60usize, 0..3))
            .prop_map(|(delay_ms, makes, cancels)| Plan { delay_ms, makes, cancels })
    })
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
            let mut due: Vec<_> = (0..self.made.len())
                .filter_map(|id| Some((self.made[id].as_ref()?.0, id)))
                .filter(|due| due.0 <= now_ms)
                .collect();
            due.sort_unstable();
            for (_, id) in due {
                let Some((_, plan)) = self.made[id].take() else { continue };
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_program_of_timers_fires_as_the_model_says(plans in vec(plan(), 0..20)) {
        let options = Options { clock: Rc::new(VirtualClock::default()), ..Options::default() };
        let event_loop = EventLoop::new(options).expect("the machine gives a poller");
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
