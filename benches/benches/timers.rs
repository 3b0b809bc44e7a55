//! Timers: made, fired and cancelled with a million of them alive. Times are per timer.
//!
//! `cargo bench -p coil-benches --bench timers`

use coil_loop::{Clock, EventLoop, Options, RealClock, VirtualClock};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::rc::Rc;

const ALIVE: u64 = 1_000_000;

/// A clock as dear as the real one that jumps like a virtual one, so that a minute of timers fires at once.
struct DearClock(VirtualClock);

impl Clock for DearClock {
    fn now_ns(&self) -> u64 {
        black_box(RealClock.now_ns());
        self.0.now_ns()
    }

    fn virtual_skip(&self, until_ns: u64) -> bool {
        self.0.virtual_skip(until_ns)
    }
}

fn new_loop() -> Rc<EventLoop<u64>> {
    let clock = Rc::new(DearClock(VirtualClock::default()));
    EventLoop::new(Options { clock, ..Options::default() }).expect("the machine gives a poller")
}

/// The delays of a program: all alike, or spread over `spread_ms` in no order.
fn delays(spread_ms: u64) -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..ALIVE).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        1 + state % spread_ms
    })
}

fn make_and_fire(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer, made and fired among a million");
    group.sample_size(10).throughput(Throughput::Elements(ALIVE));
    for (name, spread_ms) in [("of one delay", 1), ("over a second", 1_000), ("over a minute", 60_000)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                new_loop,
                |event_loop| {
                    for delay_ms in delays(spread_ms) {
                        event_loop.timer(delay_ms, Box::new(move |sum| *sum += delay_ms));
                    }
                    let mut sum = 0;
                    event_loop.run(&mut sum);
                    (event_loop, sum)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn make_and_cancel(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer, made and cancelled among a million");
    group.sample_size(10).throughput(Throughput::Elements(ALIVE));
    for (name, spread_ms) in [("of one delay", 1), ("over a minute", 60_000)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                new_loop,
                |event_loop| {
                    let make = |delay_ms| event_loop.timer(delay_ms, Box::new(move |sum| *sum += delay_ms));
                    let ids: Vec<_> = delays(spread_ms).map(make).collect();
                    for id in ids {
                        event_loop.timer_cancel(id);
                    }
                    event_loop
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A timer that makes the next: a turn each.
fn chain(c: &mut Criterion) {
    const LINKS: u64 = 100_000;
    fn link(event_loop: &Rc<EventLoop<u64>>, left: u64) {
        let next = event_loop.clone();
        event_loop.timer(
            1,
            Box::new(move |_| {
                if left > 1 {
                    link(&next, left - 1);
                }
            }),
        );
    }
    let mut group = c.benchmark_group("timer");
    group.sample_size(10).throughput(Throughput::Elements(LINKS));
    group.bench_function("making the next", |b| {
        let event_loop = new_loop();
        b.iter(|| {
            link(&event_loop, LINKS);
            event_loop.run(&mut 0);
        });
    });
    group.finish();
}

criterion_group!(benches, make_and_fire, make_and_cancel, chain);
criterion_main!(benches);
