//! Worker threads: a runtime per thread, made of what its parent gave.

use boa_engine::{
    Context, JsResult,
    limits::{Stop, counts_bytes},
};
use coil_engine::{ExitMode, heap, launch::Launch};
use coil_stdlib::worker_threads::{Birth, Ended, Program, Run, leave};

use crate::{Runtime, flags::Flags, run};

/// How workers are run.
pub(crate) const RUN: Run = Run { live, refused };

/// Lives one worker's life on this thread.
fn live(birth: Birth) -> Ended {
    // A worker that panics must not take its siblings along.
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run_worker(birth)));
    lived.unwrap_or(Ended::Code(1))
}

fn run_worker(mut birth: Birth) -> Ended {
    let node_options = birth.sys.env().get("NODE_OPTIONS").map(|options| options.to_string_lossy().into_owned()).unwrap_or_default();
    let flags = Flags::parse(birth.exec_argv.iter().cloned().chain(["--".to_owned(), "worker".to_owned()]), &node_options).unwrap_or_default();
    let mut builder = Runtime::builder().sys(birth.sys.clone()).exit_mode(ExitMode::Return);
    if counts_bytes() {
        builder = builder.memory_limit(heap::default_limit(&birth.sys));
    }
    let Ok(mut runtime) = builder.build() else { return Ended::Code(1) };
    let _governs = runtime.meter().clone().enter();
    let host = runtime.host().clone();
    let argv0 = birth.argv0.clone();
    run::launch(&flags, &argv0, &mut runtime);
    let program = std::mem::replace(&mut birth.program, Program::Text(String::new()));
    {
        let launch = host.state::<Launch>();
        *launch.exec_argv.borrow_mut() = birth.exec_argv.clone();
        *launch.exec_path.borrow_mut() = birth.exec_path.clone();
        let script = match &program {
            Program::File(path) => path.clone(),
            Program::Text(_) => "[worker eval]".to_owned(),
            Program::Url(url) => url.clone(),
        };
        *launch.argv.borrow_mut() = [birth.exec_path.clone(), script].into_iter().chain(birth.argv.iter().cloned()).collect();
    }
    let started = host.enter_with(runtime.context(), |cx| birth.settle(cx));
    if started == Some(true) && host.exit_code().is_none() {
        let prepared = host.enter_with(runtime.context(), |cx| run::prepare(&flags, cx));
        if prepared.is_some() && run::import(&flags, &mut runtime) && host.exit_code().is_none() {
            host.enter_with(runtime.context(), |cx| start(&program, flags.input_type.as_deref(), cx));
        }
    }
    let code = match host.exit_code() {
        Some(code) => code,
        None if started == Some(false) => 1,
        None => runtime.run(),
    };
    let ended = match host.stopped() {
        // A terminated worker ends with 1, however it was stopped.
        Some(Stop::Interrupted) => Ended::Code(1),
        Some(Stop::Memory) => Ended::OutOfMemory,
        _ => Ended::Code(code),
    };
    runtime.meter().resume();
    leave(&host, runtime.context());
    host.event_loop().clear();
    ended
}

fn start(program: &Program, input_type: Option<&str>, cx: &mut Context) -> JsResult<()> {
    match program {
        Program::File(path) => coil_modules::run_main(path, cx),
        Program::Text(text) => match coil_modules::Text::of(text, "[worker eval]", input_type, cx)? {
            coil_modules::Text::Module(text) => run::run_module_text(&text, "[worker eval]", cx),
            coil_modules::Text::Script(script) => coil_modules::run_script(&script, "[worker eval]", cx).map(drop),
        },
        Program::Url(url) => {
            let evaluated = coil_modules::esm::import_main(url, cx)?;
            coil_modules::watch_main(evaluated, cx);
            Ok(())
        }
    }
}

/// What of `execArgv` a worker does not take: unknown flags, and those of the process.
fn refused(exec_argv: &[String], _launch: &Launch) -> Vec<String> {
    let (mut refused, mut rest): (Vec<String>, Vec<String>) = exec_argv.iter().cloned().partition(|flag| PER_PROCESS.contains(&flag.split('=').next().unwrap_or(flag)));
    // Each round finds one flag that nobody knows.
    while let Err(message) = Flags::parse(rest.iter().cloned().chain(["--".to_owned(), "worker".to_owned()]), "") {
        let bad = message.strip_prefix("bad option: ").or_else(|| message.strip_suffix(" requires an argument")).unwrap_or_default();
        let Some(at) = rest.iter().position(|flag| flag == bad) else { break };
        refused.push(rest.remove(at));
    }
    refused
}

/// Flags that concern the process as a whole, or V8.
const PER_PROCESS: &[&str] =
    &["--title", "--expose-gc", "--expose_gc", "--v8-pool-size", "--zero-fill-buffers", "--permission", "--secure-heap", "--openssl-config", "--icu-data-dir", "--max-old-space-size"];
