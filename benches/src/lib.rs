//! What benches of built-in modules share: a runtime with a function that is run so many times. The benches are in `benches/`.
//!
//! A number is what a program pays for one call from JavaScript, with the interpreter's own part of the loop around it (about 20 ns).

use boa_engine::limits::CountingAllocator;
use coil::{JsValue, Runtime};
use criterion::{Bencher, Criterion};
use std::time::Instant;

/// As in the executable: without it the collector does not know what strings and buffers take, and runs many times as often.
#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::new();

/// Runs `benches` on a thread with the stack that JavaScript wants, as the executable does.
pub fn main(benches: impl FnOnce(&mut Criterion) + Send + 'static) {
    coil::with_stack(|| {
        let mut criterion = Criterion::default().configure_from_args();
        benches(&mut criterion);
        criterion.final_summary();
    });
}

/// A JavaScript function of a number: it does its work that many times.
pub struct Script {
    runtime: Runtime,
    repeat: JsValue,
}

impl Script {
    /// `body` is one piece of work; `setup` stands before it and is run once. Both see `require`.
    ///
    /// Panics where a text does not compile or `setup` throws: the bench is wrong then.
    pub fn new(setup: &str, body: &str) -> Self {
        let mut runtime = Runtime::builder().build().expect("a runtime can be built");
        let text = format!("(() => {{ const require = (name) => process.getBuiltinModule(name); {setup}; return (n) => {{ for (let i = 0; i < n; i++) {{ {body} }} }}; }})()");
        let repeat = match runtime.eval(&text) {
            Ok(repeat) => repeat,
            Err(error) => panic!("{error}: {text}"),
        };
        Self { runtime, repeat }
    }

    /// For `bencher`: the time of one piece of work.
    pub fn bench(&mut self, bencher: &mut Bencher<'_>) {
        bencher.iter_custom(|times| {
            let begun = Instant::now();
            self.repeat(times);
            begun.elapsed()
        });
    }

    fn repeat(&mut self, times: u64) {
        let function = self.repeat.as_callable().expect("the script gave a function");
        let done = self.runtime.enter(|cx| function.call(&JsValue::undefined(), &[JsValue::from(times as f64)], cx));
        assert!(done.is_some(), "the work throws");
    }
}
