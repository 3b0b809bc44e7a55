//! The reactor.

use crate::*;
use coil_loop::{Active, Interest, Kind, Mode, Ready, Source, Token};
use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;

/// A source that does what a test says.
struct Told<F>(F);

impl<F: Fn(Ready, &mut Names)> Source<Names> for Told<F> {
    fn ready(self: Rc<Self>, ready: Ready, names: &mut Names) {
        self.0(ready, names);
    }

    fn label(&self) -> &'static str {
        "told"
    }
}

fn told(told: impl Fn(Ready, &mut Names) + 'static) -> Rc<dyn Source<Names>> {
    Rc::new(Told(told))
}

fn pair() -> (UnixStream, UnixStream) {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    near.set_nonblocking(true).expect("a socket can be made so");
    (near, far)
}

/// A socket that can be read for ever.
fn readable() -> UnixStream {
    let (near, far) = pair();
    drop(far);
    near
}

const NOW: Mode = Mode::NoWait;

#[test]
fn a_source_is_told_when_it_can_read() {
    let event_loop = real_loop();
    watchdog(&event_loop);
    let (near, mut far) = pair();
    let source = told(|ready, names| names.push(if ready.readable && !ready.writable { "readable" } else { "odd" }));
    event_loop.register(&near, Interest::READABLE, source).expect("registers");
    assert!(event_loop.alive());
    assert_eq!(turn(&event_loop, NOW).0, Names::new());
    far.write_all(b"x").expect("writes");
    assert_eq!(turn(&event_loop, Mode::Once).0, ["readable"]);
}

#[test]
fn what_is_not_read_is_told_again() {
    let event_loop = real_loop();
    let (near, mut far) = pair();
    far.write_all(b"x").expect("writes");
    event_loop.register(&near, Interest::READABLE, told(|_, names| names.push("ready"))).expect("registers");
    assert_eq!(turn(&event_loop, NOW).0, ["ready"]);
    assert_eq!(turn(&event_loop, NOW).0, ["ready"]);
    (&near).read_exact(&mut [0]).expect("reads");
    assert_eq!(turn(&event_loop, NOW).0, Names::new());
}

#[test]
fn a_source_is_told_only_what_it_asks_for() {
    let event_loop = real_loop();
    let (near, mut far) = pair();
    far.write_all(b"x").expect("writes");
    let source = told(|ready, names| {
        names.extend(ready.readable.then_some("readable"));
        names.extend(ready.writable.then_some("writable"));
    });
    let token = event_loop.register(&near, Interest::WRITABLE, source).expect("registers");
    assert_eq!(turn(&event_loop, NOW).0, ["writable"]);
    event_loop.interest(token, Interest::BOTH).expect("is registered");
    assert_eq!(turn(&event_loop, NOW).0, ["readable", "writable"]);
    event_loop.interest(token, Interest::READABLE).expect("is registered");
    assert_eq!(turn(&event_loop, NOW).0, ["readable"]);
    event_loop.interest(token, Interest::NONE).expect("is registered");
    assert_eq!(turn(&event_loop, NOW).0, Names::new());
    event_loop.interest(token, Interest::READABLE).expect("is registered");
    assert_eq!(turn(&event_loop, NOW).0, ["readable"]);
}

#[test]
fn a_hangup_can_be_read_and_written() {
    let event_loop = real_loop();
    let near = readable();
    let source = told(|ready, names| {
        names.push(if ready.readable && ready.writable && ready.hangup { "hung up" } else { "odd" });
    });
    event_loop.register(&near, Interest::BOTH, source).expect("registers");
    assert_eq!(turn(&event_loop, NOW).0, ["hung up"]);
}

#[test]
fn a_source_without_interest_neither_spins_nor_keeps_the_loop_alive() {
    let event_loop = real_loop();
    let near = readable();
    let token = event_loop.register(&near, Interest::NONE, told(|_, names| names.push("told"))).expect("registers");
    assert!(!event_loop.alive() && event_loop.token_has_ref(token));
    event_loop.interest(token, Interest::READABLE).expect("is registered");
    assert!(event_loop.alive());
    event_loop.interest(token, Interest::NONE).expect("is registered");
    assert!(!event_loop.alive());
    event_loop.timer(50, say("timer"));
    assert_eq!(run(&event_loop), ["timer"]);
    assert!(event_loop.metrics().loop_count <= 50);
}

#[test]
fn an_unrefd_source_does_not_keep_the_loop_alive() {
    let event_loop = real_loop();
    let near = readable();
    let token = event_loop.register(&near, Interest::READABLE, told(|_, names| names.push("told"))).expect("registers");
    assert_eq!(event_loop.active(), [Active { kind: Kind::Source, label: "told" }]);
    event_loop.token_ref(token, false);
    assert!(!event_loop.alive() && !event_loop.token_has_ref(token));
    assert_eq!(event_loop.active(), []);
    event_loop.pending(say("pending"));
    assert_eq!(run(&event_loop), ["pending", "told"], "but it is told while the loop turns");
    event_loop.token_ref(token, true);
    assert!(event_loop.alive());
    event_loop.deregister(token).expect("is registered");
    assert!(!event_loop.alive());
}

#[test]
fn a_source_may_deregister_itself() {
    let event_loop = real_loop();
    let near = readable();
    let token = Rc::new(Cell::new(None::<Token>));
    let (own, inner) = (token.clone(), event_loop.clone());
    let source = told(move |_, names| {
        names.push("told");
        inner.deregister(own.get().expect("registered")).expect("is registered");
    });
    token.set(Some(event_loop.register(&near, Interest::READABLE, source).expect("registers")));
    assert_eq!(run(&event_loop), ["told"]);
    assert!(!event_loop.alive());
}

#[test]
fn events_of_what_was_deregistered_in_the_same_turn_are_dropped() {
    let event_loop = real_loop();
    let sockets = [readable(), readable()];
    let tokens = Rc::new(RefCell::new(Vec::<Token>::new()));
    for socket in &sockets {
        let (all, inner) = (tokens.clone(), event_loop.clone());
        let source = told(move |_, names| {
            names.push("told");
            for token in all.take() {
                inner.deregister(token).expect("is registered");
            }
        });
        let token = event_loop.register(socket, Interest::READABLE, source).expect("registers");
        tokens.borrow_mut().push(token);
    }
    assert_eq!(run(&event_loop), ["told"]);
}

#[test]
fn events_of_what_was_deregistered_do_not_go_to_what_comes_in_its_place() {
    let event_loop = real_loop();
    let sockets = [readable(), readable()];
    let silent: Vec<_> = (0..2).map(|_| pair()).collect();
    let tokens = Rc::new(RefCell::new(Vec::<Token>::new()));
    let silent = Rc::new(silent);
    for socket in &sockets {
        let (tokens_inner, inner, silent) = (tokens.clone(), event_loop.clone(), silent.clone());
        let source = told(move |_, names| {
            names.push("told");
            for (token, (near, _)) in tokens_inner.take().into_iter().zip(silent.iter()) {
                inner.deregister(token).expect("is registered");
                inner.register(near, Interest::READABLE, told(|_, names| names.push("told in another's stead"))).expect("registers");
            }
        });
        let token = event_loop.register(socket, Interest::READABLE, source).expect("registers");
        tokens.borrow_mut().push(token);
    }
    let mut names = Names::new();
    event_loop.turn(NOW, &mut names);
    event_loop.turn(NOW, &mut names);
    assert_eq!(names, ["told"]);
}

#[test]
fn events_no_longer_of_interest_in_the_same_turn_are_dropped() {
    let event_loop = real_loop();
    let sockets = [readable(), readable()];
    let tokens = Rc::new(RefCell::new(Vec::<Token>::new()));
    for socket in &sockets {
        let (all, inner) = (tokens.clone(), event_loop.clone());
        let source = told(move |_, names| {
            names.push("told");
            for &token in all.borrow().iter() {
                inner.interest(token, Interest::NONE).expect("is registered");
            }
        });
        let token = event_loop.register(socket, Interest::READABLE, source).expect("registers");
        tokens.borrow_mut().push(token);
    }
    assert_eq!(run(&event_loop), ["told"]);
}

#[test]
fn a_stale_token_is_an_error_and_harmless() {
    let event_loop = real_loop();
    let (near, _far) = pair();
    let old = event_loop.register(&near, Interest::READABLE, told(|_, _| {})).expect("registers");
    event_loop.deregister(old).expect("is registered");
    let new = event_loop.register(&near, Interest::READABLE, told(|_, _| {})).expect("registers again");
    assert_eq!(event_loop.deregister(old).map_err(|error| error.kind()), Err(ErrorKind::NotFound));
    assert_eq!(event_loop.interest(old, Interest::NONE).map_err(|error| error.kind()), Err(ErrorKind::NotFound));
    event_loop.token_ref(old, false);
    assert!(event_loop.token_has_ref(new) && !event_loop.token_has_ref(old));
}

#[test]
fn what_cannot_be_registered_leaves_nothing_behind() {
    let event_loop = real_loop();
    let (near, _far) = pair();
    event_loop.token_ref(event_loop.register(&near, Interest::READABLE, told(|_, _| {})).expect("registers"), false);
    let held = Rc::new(());
    let holds = held.clone();
    let source = told(move |_, _| drop(holds.clone()));
    assert!(event_loop.register(&near, Interest::READABLE, source).is_err(), "it is registered already");
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(!event_loop.alive());
}

#[test]
fn a_source_is_dropped_when_deregistered() {
    let event_loop = real_loop();
    let (near, _far) = pair();
    let held = Rc::new(());
    let holds = held.clone();
    let token = event_loop.register(&near, Interest::READABLE, told(move |_, _| drop(holds.clone()))).expect("registers");
    event_loop.deregister(token).expect("is registered");
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn clear_lets_sources_go() {
    let event_loop = real_loop();
    let (near, _far) = pair();
    let inner = event_loop.clone();
    let source = told(move |_, _| inner.stop());
    event_loop.register(&near, Interest::READABLE, source).expect("registers");
    event_loop.clear();
    assert_eq!(Rc::strong_count(&event_loop), 1);
    event_loop.register(&near, Interest::READABLE, told(|_, _| {})).expect("the system has let it go too");
}

#[test]
fn urgent_data_does_not_spin() {
    let event_loop = real_loop();
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let client = TcpStream::connect(listener.local_addr().expect("is bound")).expect("connects");
    let (server, _) = listener.accept().expect("accepts");
    server.set_nonblocking(true).expect("a socket can be made so");
    assert!(send_urgent(&client), "the byte goes out");
    let drain = server.try_clone().expect("clones");
    let source = told(move |_, names| {
        names.push("told");
        while (&drain).read(&mut [0; 16]).is_ok_and(|count| count > 0) {}
    });
    event_loop.token_ref(event_loop.register(&server, Interest::READABLE, source).expect("registers"), false);
    event_loop.timer(100, say("timer"));
    let names = run(&event_loop);
    assert!(names.len() < 10, "told {} times", names.len());
}

/// Sends one byte of urgent data, for which std has no call.
fn send_urgent(socket: &TcpStream) -> bool {
    use std::os::fd::AsRawFd;
    // SAFETY: the descriptor is open and the buffer is one byte long.
    unsafe { libc::send(socket.as_raw_fd(), [1u8].as_ptr().cast(), 1, libc::MSG_OOB) == 1 }
}

#[test]
fn a_listener_and_its_connections_echo() {
    struct Echo {
        event_loop: NamesLoop,
        stream: TcpStream,
        token: Cell<Option<Token>>,
    }
    impl Source<Names> for Echo {
        fn ready(self: Rc<Self>, _: Ready, names: &mut Names) {
            let mut buffer = [0; 64];
            match (&self.stream).read(&mut buffer) {
                Ok(0) => {
                    names.push("end");
                    self.event_loop.deregister(self.token.take().expect("registered")).expect("is registered");
                }
                Ok(count) => (&self.stream).write_all(&buffer[..count]).expect("a small write does not block"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
    }
    let event_loop = real_loop();
    watchdog(&event_loop);
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    listener.set_nonblocking(true).expect("a socket can be made so");
    let address = listener.local_addr().expect("is bound");
    let (inner, own) = (event_loop.clone(), Rc::new(Cell::new(None::<Token>)));
    let (accepts, listening) = (listener.try_clone().expect("clones"), own.clone());
    let source = told(move |_, names| {
        let (stream, _) = accepts.accept().expect("there is one");
        names.push("connection");
        stream.set_nonblocking(true).expect("a socket can be made so");
        let echo = Rc::new(Echo { event_loop: inner.clone(), stream, token: Cell::new(None) });
        let token = inner.register(&echo.stream, Interest::READABLE, echo.clone()).expect("registers");
        echo.token.set(Some(token));
        inner.deregister(listening.get().expect("registered")).expect("is registered");
    });
    own.set(Some(event_loop.register(&listener, Interest::READABLE, source).expect("registers")));
    let client = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("connects");
        for _ in 0..10 {
            stream.write_all(b"hello").expect("writes");
            let mut answer = [0; 5];
            stream.read_exact(&mut answer).expect("is answered");
            assert_eq!(&answer, b"hello");
        }
    });
    assert_eq!(run(&event_loop), ["connection", "end"]);
    client.join().expect("the client does not panic");
}

#[test]
fn ten_thousand_sources() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(1 << 20).min(1 << 20);
    setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum }).expect("up to the maximum");
    // As many as the machine lets us have open, beside what other tests use.
    let count = 10_000.min(usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(500));
    let event_loop = real_loop();
    let socket = readable();
    let sockets: Vec<_> = (0..count).map(|_| socket.try_clone().expect("clones")).collect();
    let tokens = Rc::new(RefCell::new(Vec::new()));
    for (index, socket) in sockets.iter().enumerate() {
        let (own, inner) = (tokens.clone(), event_loop.clone());
        let source = told(move |_, names| {
            names.push("told");
            let token: Token = own.borrow()[index];
            inner.deregister(token).expect("is registered");
        });
        let token = event_loop.register(socket, Interest::READABLE, source).expect("registers");
        tokens.borrow_mut().push(token);
    }
    assert_eq!(run(&event_loop).len(), count);
    assert!(event_loop.metrics().loop_count >= count as u64 / 1024, "a turn takes up a bounded number of events");
}
