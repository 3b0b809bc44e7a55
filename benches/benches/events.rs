//! `EventEmitter` and `EventTarget`: emitting to none, one and ten listeners, adding and removing.
//!
//! `cargo bench -p coil-benches --bench events`

use coil_benches::Script;

const EMITTER: &str = "const EventEmitter = require('events'); const emitter = new EventEmitter(); let sum = 0; const add = (n) => { sum += n }";
const TARGET: &str = "const target = new EventTarget(); let sum = 0; const event = new Event('x')";

/// Name, what is set up, and what is done.
const WORKS: &[(&str, &str, &str, &str)] = &[
    ("call, for comparison", EMITTER, "", "add(1)"),
    ("emit to nobody", EMITTER, "", "emitter.emit('x', 1)"),
    ("emit to one listener", EMITTER, "emitter.on('x', add)", "emitter.emit('x', 1)"),
    ("emit to ten listeners", EMITTER, "for (let i = 0; i < 10; i++) emitter.on('x', add)", "emitter.emit('x', 1)"),
    ("on and removeListener", EMITTER, "", "emitter.on('y', add); emitter.removeListener('y', add)"),
    ("once and emit", EMITTER, "", "emitter.once('z', add); emitter.emit('z', 1)"),
    ("listenerCount", EMITTER, "emitter.on('x', add)", "emitter.listenerCount('x')"),
    ("new EventEmitter", EMITTER, "", "new EventEmitter()"),
    ("dispatchEvent to one listener", TARGET, "target.addEventListener('x', () => { sum++ })", "target.dispatchEvent(event)"),
];

fn main() {
    coil_benches::main(|criterion| {
        let mut group = criterion.benchmark_group("events");
        for (name, setup, more, body) in WORKS {
            let mut script = Script::new(&format!("{setup}; {more}"), body);
            group.bench_function(*name, |bencher| script.bench(bencher));
        }
        group.finish();
    });
}
