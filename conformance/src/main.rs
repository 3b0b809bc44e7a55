//! The command line of the runners: see the library's documentation.

#![allow(clippy::disallowed_methods, reason = "a tool for the developer's machine, not part of the product")]

use std::{path::PathBuf, process::ExitCode, time::Duration};

use conformance::{
    compat,
    expectations::{Difference, Expectations},
    node::{self, Options, Test},
    npm, reaper, report, selfcheck, test262, wpt,
};
use lexopt::{Arg, ValueExt};

const USAGE: &str = "\
conformance node [GROUP...] [options]   Node's suite against what is expected of it
conformance selfcheck [options]         programs whose outcome is known
conformance test262 [options]           the language's suite on the engine's example `test262` (--coil names it), against
                                        conformance/test262/failures.tsv; --stock: the host is the published engine
conformance wpt [AREA...] [options]     the web-platform-tests that lie in Node's suite
conformance npm [PACKAGE...] [options]  packages of the registry, as they load on Node
conformance compat                      writes docs/compat/README.md
conformance order                       writes link/function-order.txt, on x86-64 Linux

  --suite DIR     the folder that holds Node's test/   (NODE_SUITE)
  --coil FILE     the binary                           (COIL; else the newest that was built)
  --node FILE     Node: to record its numbers (wpt), to compare with (npm; node)
  --folder DIR    where packages are installed (npm)
  --only TEXT     tests whose path contains it (repeatable)
  --every N       every N-th test of test262 (1)
  --jobs N        tests at once (2)
  --timeout S     seconds for one test (15)
  --retries N     how often a test that did not pass is tried again (1)
  --results FILE  results as JSON lines
  -u              take what came out as the new expectations
";

#[derive(Default)]
struct Command {
    words: Vec<String>,
    only: Vec<String>,
    suite: Option<PathBuf>,
    coil: Option<PathBuf>,
    node: Option<PathBuf>,
    folder: Option<PathBuf>,
    results: Option<PathBuf>,
    jobs: Option<usize>,
    every: Option<usize>,
    timeout: Option<u64>,
    retries: Option<usize>,
    update: bool,
    stock: bool,
}

fn main() -> ExitCode {
    match parse().map_err(|error| format!("{error}\n\n{USAGE}")).and_then(|command| run(&command)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn parse() -> Result<Command, lexopt::Error> {
    let mut command = Command::default();
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(word) => command.words.push(word.string()?),
            Arg::Long("suite") => command.suite = Some(args.value()?.into()),
            Arg::Long("coil") => command.coil = Some(args.value()?.into()),
            Arg::Long("results") => command.results = Some(args.value()?.into()),
            Arg::Long("node") => command.node = Some(args.value()?.into()),
            Arg::Long("folder") => command.folder = Some(args.value()?.into()),
            Arg::Long("only") => command.only.push(args.value()?.string()?),
            Arg::Long("every") => command.every = Some(args.value()?.parse()?),
            Arg::Long("jobs") | Arg::Short('j') => command.jobs = Some(args.value()?.parse()?),
            Arg::Long("timeout") => command.timeout = Some(args.value()?.parse()?),
            Arg::Long("retries") => command.retries = Some(args.value()?.parse()?),
            Arg::Short('u') => command.update = true,
            Arg::Long("stock") => command.stock = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(command)
}

fn run(command: &Command) -> Result<bool, String> {
    match command.words.split_first() {
        Some((word, groups)) if word == "node" => run_node(command, groups),
        Some((word, _)) if word == "selfcheck" => {
            reaper::start();
            Ok(selfcheck::run(&options(command)?)? == 0)
        }
        Some((word, _)) if word == "test262" => run_test262(command),
        Some((word, areas)) if word == "wpt" => {
            reaper::start();
            wpt::run(areas, &command.only, &options(command)?, command.node.as_deref(), command.update)
        }
        Some((word, names)) if word == "npm" => run_npm(command, names),
        Some((word, _)) if word == "compat" => compat::write().map(|()| true),
        Some((word, _)) if word == "order" => write_order(command),
        _ => Err(USAGE.to_owned()),
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn write_order(command: &Command) -> Result<bool, String> {
    let count = conformance::order::write(&command.coil.clone().map_or_else(conformance::coil_binary, Ok)?)?;
    println!("{count} functions in link/function-order.txt");
    Ok(true)
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn write_order(_: &Command) -> Result<bool, String> {
    Err("functions are traced on x86-64 Linux only".to_owned())
}

fn options(command: &Command) -> Result<Options, String> {
    let suite = command.suite.clone().or_else(|| std::env::var_os("NODE_SUITE").map(Into::into));
    let suite = suite.ok_or("where is Node's suite? Name the folder that holds test/ by --suite or NODE_SUITE")?;
    let absolute = |path: PathBuf| std::path::absolute(&path).map_err(|error| format!("{}: {error}", path.display()));
    if !suite.join("test/common/index.js").exists() {
        return Err(format!("{}: no test/common there", suite.display()));
    }
    Ok(Options {
        coil: absolute(command.coil.clone().map_or_else(conformance::coil_binary, Ok)?)?,
        suite: absolute(suite)?,
        jobs: command.jobs.unwrap_or(2),
        timeout: Duration::from_secs(command.timeout.unwrap_or(15)),
        retries: command.retries.unwrap_or(1),
        results: command.results.clone(),
        quiet: false,
    })
}

fn run_npm(command: &Command, names: &[String]) -> Result<bool, String> {
    reaper::start();
    let options = npm::Options {
        coil: command.coil.clone().map_or_else(conformance::coil_binary, Ok)?,
        node: command.node.clone().unwrap_or_else(|| "node".into()),
        folder: command.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("coil-npm")),
        timeout: Duration::from_secs(command.timeout.unwrap_or(30)),
    };
    let absolute = |path: PathBuf| std::path::absolute(&path).map_err(|error| format!("{}: {error}", path.display()));
    npm::run(names, &npm::Options { coil: absolute(options.coil)?, folder: absolute(options.folder)?, ..options })
}

fn run_test262(command: &Command) -> Result<bool, String> {
    let suite = command.suite.clone().or_else(|| std::env::var_os("TEST262").map(Into::into)).ok_or("where is Test262? Name its checkout by --suite or TEST262")?;
    let host = command.coil.clone().map_or_else(|| conformance::coil_binary().map(|coil| coil.with_file_name("examples/test262")), Ok)?;
    let options =
        test262::Options { suite, host, only: command.only.clone(), every: command.every.unwrap_or(1), jobs: command.jobs.unwrap_or(2), timeout: Duration::from_secs(command.timeout.unwrap_or(60)) };
    let outcome = test262::run(&options)?;
    for (folder, tally) in &outcome.folders {
        println!("{folder:45} {:6} passed {:5} failed {:5} skipped", tally.passed, tally.failed, tally.skipped);
    }
    let total = outcome.total();
    println!("{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    let is_whole = options.only.is_empty() && options.every == 1;
    if command.update && is_whole {
        test262::expected::save_totals(&outcome, command.stock)?;
    }
    if command.stock {
        outcome.failures.iter().for_each(|(path, why)| println!("{path}: {why}"));
        return Ok(true);
    }
    let mut failures = test262::expected::Failures::load()?;
    if command.update {
        failures.update(&outcome);
        failures.save()?;
        return Ok(true);
    }
    let difference = failures.compare(&outcome);
    difference.regressions.iter().for_each(|(path, why)| println!("regression: {path}: {why}"));
    difference.passes.iter().for_each(|path| println!("passes now, record it with -u: {path}"));
    Ok(difference == test262::expected::Difference::default())
}

fn run_node(command: &Command, groups: &[String]) -> Result<bool, String> {
    let all = node::tests();
    if let Some(unknown) = groups.iter().find(|group| !all.iter().any(|test| test.group == **group)) {
        return Err(format!("no group {unknown}"));
    }
    let wanted = |test: &&Test| (groups.is_empty() || groups.contains(&test.group)) && (command.only.is_empty() || command.only.iter().any(|part| test.path.contains(part.as_str())));
    let tests: Vec<&Test> = all.iter().filter(wanted).collect();
    reaper::start();
    let outcomes = node::run(&tests, &options(command)?)?;
    println!("{}", report::failures(&outcomes, 30));
    println!("{}", report::table(&report::groups(tests.iter().zip(&outcomes).map(|(test, outcome)| (*test, outcome.status)))));
    let mut expectations = Expectations::load()?;
    if command.update {
        expectations.update(&outcomes, &all);
        expectations.save()?;
        return Ok(true);
    }
    let difference = expectations.compare(&outcomes, &all);
    tell(&difference);
    println!("{} passed, {} failed", tests.len() - difference.regressions.len() - difference.passes.len(), difference.regressions.len() + difference.passes.len() + difference.stale.len());
    Ok(difference.is_empty())
}

fn tell(difference: &Difference) {
    for outcome in &difference.regressions {
        println!("regression: {} ({}) {}", outcome.path, outcome.status.word(), outcome.why);
    }
    for path in &difference.passes {
        println!("passes now, record it with -u: {path}");
    }
    for path in &difference.stale {
        println!("listed, but no test that counts: {path}");
    }
}
