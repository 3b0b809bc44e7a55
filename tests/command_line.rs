//! The command line: what is run, what is printed, how it ends.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

fn coil(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coil")).args(args).env("NO_COLOR", "1").stdin(Stdio::null()).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn version_is_that_of_the_node_it_follows() {
    assert_eq!(text(&coil(&["--version"]).stdout), "v25.8.1\n");
    assert!(text(&coil(&["--help"]).stdout).starts_with("Usage: coil"));
}

#[test]
fn eval_and_print() {
    assert_eq!(text(&coil(&["-p", "[1, 'a', { b: 2 }]"]).stdout), "[ 1, 'a', { b: 2 } ]\n");
    assert_eq!(text(&coil(&["-e", "console.log(process.argv.slice(1))", "x", "y"]).stdout), "[ 'x', 'y' ]\n");
    assert_eq!(text(&coil(&["-p", "process.versions.coil.length > 0 && process.versions.boa"]).stdout), "0.22.0\n");
}

#[test]
fn a_program_may_come_through_a_pipe() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coil")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary runs");
    child.stdin.take().expect("piped").write_all(b"console.log('from a pipe')").expect("the child reads");
    assert_eq!(text(&child.wait_with_output().expect("the child ends").stdout), "from a pipe\n");
}

#[test]
fn exit_codes_are_nodes() {
    assert_eq!(coil(&["-e", "process.exit(3)"]).status.code(), Some(3));
    assert_eq!(coil(&["-e", "process.exitCode = 4"]).status.code(), Some(4));
    assert_eq!(coil(&["-e", "throw new Error('x')"]).status.code(), Some(1));
    assert_eq!(coil(&["-e", "Promise.reject(new Error('x'))"]).status.code(), Some(1));
    assert_eq!(coil(&["--no-such-flag"]).status.code(), Some(9));
    assert_eq!(coil(&["no-such-file.js"]).status.code(), Some(1));
    assert_eq!(coil(&["--input-type=module", "-e", "await new Promise(() => {})"]).status.code(), Some(13));
}

#[test]
fn an_uncaught_error_is_shown_with_its_stack_and_own_properties() {
    let output = coil(&["-e", "const e = new TypeError('boom'); e.detail = 42; throw e"]);
    let shown = text(&output.stderr);
    assert!(shown.contains("TypeError: boom\n    at "), "{shown}");
    assert!(shown.contains("detail: 42"), "{shown}");
    assert!(shown.ends_with("\nNode.js v25.8.1\n"), "{shown}");
}

#[test]
fn a_missing_module_is_told_with_its_require_stack() {
    let output = coil(&["-e", "require('./no-such-module')"]);
    let shown = text(&output.stderr);
    assert!(shown.contains("Cannot find module './no-such-module'"), "{shown}");
    assert!(shown.contains("code: 'MODULE_NOT_FOUND'"), "{shown}");
}

#[test]
fn flags_of_the_engine_are_listed_and_taken() {
    let shown = text(&coil(&["--v8-options"]).stdout);
    assert!(shown.contains("\n  --stack-trace-limit (") && shown.contains("\n        type: int  default: --stack-trace-limit=10\n"), "{shown}");
    assert_eq!(text(&coil(&["--optimize_for_size", "--max-lazy", "--min-semi-space-size=16", "-p", "1"]).stdout), "1\n");
}

#[test]
fn flags_that_built_ins_look_up_have_their_effect() {
    assert_eq!(text(&coil(&["--dns-result-order=ipv6first", "-p", "dns.getDefaultResultOrder()"]).stdout), "ipv6first\n");
    assert_eq!(text(&coil(&["--no-deprecation", "-p", "process.noDeprecation"]).stdout), "true\n");
    assert_eq!(text(&coil(&["--report-uncaught-exception", "--report-filename=r", "-p", "process.report.reportOnUncaughtException + process.report.filename"]).stdout), "truer\n");
}

#[test]
fn a_permission_that_was_not_given_is_denied() {
    let script = "try { require('fs').readFileSync('/etc/passwd') } catch (e) { console.log(e.code, e.permission) }";
    assert_eq!(text(&coil(&["--permission", "-e", script]).stdout), "ERR_ACCESS_DENIED FileSystemRead\n");
    let granted = "console.log(require('fs').readFileSync('/etc/passwd').length > 0)";
    assert_eq!(text(&coil(&["--permission", "--allow-fs-read=/etc", "-e", granted]).stdout), "true\n");
}

#[test]
fn a_reader_that_leaves_early_ends_nothing_badly() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_coil")).args(["-e", "for (let i = 0; i < 20000; i++) console.log('line', i)"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the child ends");
    assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    assert!(output.status.code().is_some(), "no signal ends it");
}

#[test]
fn the_loop_can_be_traced() {
    let file = std::env::temp_dir().join(format!("coil-trace-{}.json", std::process::id()));
    let flag = format!("--trace-loop={}", file.display());
    let output = coil(&[&flag, "-e", "setTimeout(() => {}, 1); setImmediate(() => {})"]);
    assert_eq!(output.status.code(), Some(0));
    let trace = std::fs::read_to_string(&file).expect("the trace is written");
    let _ = std::fs::remove_file(&file);
    assert!(trace.contains("\"traceEvents\"") && trace.contains("\"name\":\"timer\""), "{trace}");
}
