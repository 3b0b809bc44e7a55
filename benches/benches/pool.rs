//! Work and messages between threads: there and back one at a time, and many at once.
//!
//! `cargo bench -p coil-benches --bench pool`

use coil_loop::{EventLoop, Mode, Options};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

const MANY: u64 = 10_000;

fn new_loop() -> Rc<EventLoop<u64>> {
    EventLoop::new(Options::default()).expect("the machine gives a poller")
}

fn pool(c: &mut Criterion) {
    let event_loop = new_loop();
    c.bench_function("work, there and back", |b| {
        b.iter(|| {
            event_loop.offload("work", || 1, |one, sum: &mut u64| *sum += one.done().unwrap_or(0));
            event_loop.run(&mut 0);
        });
    });
    let mut group = c.benchmark_group("work");
    group.throughput(Throughput::Elements(MANY));
    group.bench_function("of many at once", |b| {
        b.iter(|| {
            for _ in 0..MANY {
                event_loop.offload("work", || 1, |one, sum: &mut u64| *sum += one.done().unwrap_or(0));
            }
            event_loop.run(&mut 0);
        });
    });
    group.finish();
}

fn remote(c: &mut Criterion) {
    let event_loop = new_loop();
    let _hold = event_loop.hold();
    let (ask, asked) = mpsc::channel::<u64>();
    let remote = event_loop.remote();
    let answering = thread::spawn(move || {
        for count in asked {
            for _ in 0..count {
                remote.post(|sum| *sum += 1);
            }
        }
    });
    let answers = |count: u64| {
        ask.send(count).expect("the other thread listens");
        let mut sum = 0;
        while sum < count {
            event_loop.turn(Mode::Default, &mut sum);
        }
    };
    c.bench_function("message, there and back", |b| b.iter(|| answers(1)));
    let mut group = c.benchmark_group("message");
    group.throughput(Throughput::Elements(MANY));
    group.bench_function("of many at once", |b| b.iter(|| answers(MANY)));
    group.finish();
    drop(ask);
    answering.join().expect("the other thread does not panic");
}

criterion_group!(benches, pool, remote);
criterion_main!(benches);
