//! Can this binary fail a test? Programs whose outcome is known: a runtime that ends with status 0 too early would pass most of a suite.

use std::{fs, path::Path, time::Duration};

use crate::node::{self, Options, Status};

/// Name, program, and how it must end. `common` is the suite's own helper module.
const PROGRAMS: &[(&str, &str, Status)] = &[
    ("loads-common.js", "common;", Status::Pass),
    ("false-assertion.js", "require('assert').ok(1 > 2);", Status::Fail),
    ("callback-never-called.js", "common.mustCall(() => {});", Status::Fail),
    ("callback-called-twice.js", "const f = common.mustCall(); f(); f();", Status::Fail),
    ("forbidden-callback-called.js", "setTimeout(common.mustNotCall(), 1);", Status::Fail),
    ("throws-in-timer.js", "setTimeout(() => { throw new Error('timer'); }, 1);", Status::Fail),
    ("throws-in-immediate.js", "setImmediate(() => { throw new Error('immediate'); });", Status::Fail),
    ("throws-in-tick.js", "process.nextTick(() => { throw new Error('tick'); });", Status::Fail),
    ("throws-in-microtask.js", "queueMicrotask(() => { throw new Error('microtask'); });", Status::Fail),
    ("throws-in-io.js", "require('fs').stat('.', () => { throw new Error('io'); });", Status::Fail),
    ("rejection.js", "Promise.reject(new Error('rejected'));", Status::Fail),
    ("sets-exit-code.js", "process.on('exit', () => { process.exitCode = 4; });", Status::Fail),
    ("exits-with-code.js", "process.exit(9);", Status::Fail),
    ("throws-at-exit.js", "process.on('exit', () => { throw new Error('exit'); });", Status::Fail),
    ("syntax-error.js", "if (", Status::Fail),
    ("skips.js", "common.skip('for a reason');", Status::Skip),
    ("never-ends.js", "setInterval(() => {}, 1000);", Status::Timeout),
    ("spins.js", "for (;;);", Status::Timeout),
    ("module.mjs", "await 0; throw new Error('module');", Status::Fail),
    ("module-assertion.mjs", "import assert from 'assert'; await 0; assert.ok(false);", Status::Fail),
    ("test-fails.js", "require('node:test').test('t', () => { throw new Error('test'); });", Status::Fail),
    ("async-test-fails.mjs", "import { it } from 'node:test'; it('t', async () => { await 0; throw new Error('test'); });", Status::Fail),
    ("test-passes.js", "require('node:test').test('t', async () => { await 0; });", Status::Pass),
];

/// For a program that must run into it.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Runs the programs; gives how many ended otherwise than they must.
///
/// # Errors
///
/// Where the suite or the scratch folder is not there.
pub fn run(options: &Options) -> Result<usize, String> {
    let scratch = std::env::temp_dir().join(format!("nc.{}", std::process::id()));
    let result = run_in(&scratch, options);
    // Only our own files lie there.
    let _ = fs::remove_dir_all(&scratch);
    result
}

fn run_in(scratch: &Path, options: &Options) -> Result<usize, String> {
    let tell = |error: std::io::Error| error.to_string();
    let mirror = scratch.join("test");
    fs::create_dir_all(mirror.join("selfcheck")).map_err(tell)?;
    std::os::unix::fs::symlink(options.suite.join("test/common"), mirror.join("common")).map_err(tell)?;
    let options = Options { suite: scratch.to_owned(), coil: options.coil.clone(), results: None, jobs: 1, retries: 0, timeout: TIMEOUT, quiet: true };
    let mut wrong = 0;
    for (name, program, must) in PROGRAMS {
        let preface = match name.ends_with(".mjs") {
            true => "import '../common/index.mjs';\n",
            false => "'use strict';\nconst common = require('../common');\n",
        };
        fs::write(mirror.join("selfcheck").join(name), format!("{preface}{program}\n")).map_err(tell)?;
        let outcome = node::once(&format!("selfcheck/{name}"), &options, scratch, 0, false)?;
        let right = outcome.status == *must;
        wrong += usize::from(!right);
        println!("{} {name:32} must {:8} did {:8} {}", if right { "ok   " } else { "WRONG" }, must.word(), outcome.status.word(), outcome.why);
    }
    Ok(wrong)
}
