//! Sources: a byte there and back through a socket pair, alone and beside ten thousand that are idle.
//!
//! `cargo bench -p coil-benches --bench reactor` (with `ulimit -n` above 10,100 for the idle ones)

#![allow(clippy::disallowed_methods)] // The loop stands below the door.

use coil_loop::{EventLoop, Interest, Mode, Options, Ready, Source};
use criterion::{Criterion, criterion_group, criterion_main};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

struct Echo(UnixStream);

impl Source<u64> for Echo {
    fn ready(self: Rc<Self>, _: Ready, bytes: &mut u64) {
        let mut byte = [0];
        (&self.0).read_exact(&mut byte).expect("the loop says it can be read");
        (&self.0).write_all(&byte).expect("a byte fits");
        *bytes += 1;
    }
}

fn reactor(c: &mut Criterion) {
    let event_loop = EventLoop::<u64>::new(Options::default()).expect("the machine gives a poller");
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let echo = Rc::new(Echo(near));
    event_loop.register(&echo.0, Interest::READABLE, echo.clone()).expect("registers");
    let there_and_back = |mode| {
        (&far).write_all(&[1]).expect("a byte fits");
        event_loop.turn(mode, &mut 0);
        (&far).read_exact(&mut [0]).expect("the echo is there");
    };
    c.bench_function("byte, there and back", |b| b.iter(|| there_and_back(Mode::NoWait)));
    c.bench_function("byte, there and back, the loop allowed to sleep", |b| b.iter(|| there_and_back(Mode::Default)));
    c.bench_function("interest, unchanged", |b| {
        let (other, _far) = UnixStream::pair().expect("a pair of sockets");
        let token = event_loop.register(&other, Interest::READABLE, echo.clone()).expect("registers");
        b.iter(|| event_loop.interest(token, Interest::READABLE));
        event_loop.deregister(token).expect("is registered");
    });
    let (quiet, _far) = UnixStream::pair().expect("a pair of sockets");
    let quiet: Vec<_> = (0..10_000).map_while(|_| quiet.try_clone().ok()).collect();
    for socket in &quiet {
        event_loop.register(socket, Interest::READABLE, echo.clone()).expect("registers");
    }
    let name = format!("byte, there and back, beside {} idle sources", quiet.len());
    c.bench_function(&name, |b| b.iter(|| there_and_back(Mode::NoWait)));
}

criterion_group!(benches, reactor);
criterion_main!(benches);
