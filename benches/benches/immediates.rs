//! Immediates: many at once, and one after another. Times are per immediate.
//!
//! `cargo bench -p coil-benches --bench immediates`

use coil_loop::{EventLoop, Options};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::rc::Rc;

const COUNT: u64 = 100_000;

fn new_loop() -> Rc<EventLoop<u64>> {
    EventLoop::new(Options::default()).expect("the machine gives a poller")
}

/// An immediate that makes the next: a turn each.
fn link(event_loop: &Rc<EventLoop<u64>>, left: u64) {
    let next = event_loop.clone();
    event_loop.immediate(Box::new(move |_| {
        if left > 1 {
            link(&next, left - 1);
        }
    }));
}

fn immediates(c: &mut Criterion) {
    let mut group = c.benchmark_group("immediate");
    group.throughput(Throughput::Elements(COUNT));
    group.bench_function("of many in one turn", |b| {
        let event_loop = new_loop();
        let mut sum = 0;
        b.iter(|| {
            for number in 0..COUNT {
                event_loop.immediate(Box::new(move |sum| *sum += number));
            }
            event_loop.run(&mut sum);
        });
    });
    group.bench_function("made and cancelled", |b| {
        let event_loop = new_loop();
        b.iter(|| {
            for number in 0..COUNT {
                let id = event_loop.immediate(Box::new(move |sum| *sum += number));
                event_loop.immediate_cancel(id);
            }
        });
    });
    group.bench_function("making the next", |b| {
        let event_loop = new_loop();
        b.iter(|| {
            link(&event_loop, COUNT);
            event_loop.run(&mut 0);
        });
    });
    group.finish();
}

criterion_group!(benches, immediates);
criterion_main!(benches);
