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
fn a_text_may_be_typescript() {
    assert_eq!(text(&coil(&["-p", "let a: number = 1; a"]).stdout), "1\n");
    assert_eq!(text(&coil(&["-e", "import { sep } from 'path'; const a: string = sep; console.log(a)"]).stdout), "/\n");
    assert_eq!(text(&coil(&["--input-type=commonjs-typescript", "-e", "console.log(typeof require as any)"]).stdout), "function\n");
    assert_eq!(text(&coil(&["--experimental-transform-types", "--input-type=module-typescript", "-e", "enum A { b } console.log(A.b)"]).stdout), "0\n");
    let refused = text(&coil(&["-e", "enum A {}"]).stderr);
    assert!(refused.contains("\nTypeScript enum is not supported in strip-only mode\n\nSyntaxError: "), "{refused}");
    assert!(!coil(&["--no-strip-types", "-e", "let a: number = 1"]).status.success());
}

#[test]
fn every_script_may_be_strict() {
    assert_eq!(text(&coil(&["--use_strict", "-p", "(function () { return this })()"]).stdout), "undefined\n");
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
fn a_seed_gives_the_numbers_that_node_gives() {
    let shown = |seed: &str| text(&coil(&[seed, "-p", "Math.random() + ' ' + Math.random()"]).stdout);
    assert_eq!(shown("--random-seed=42"), "0.7939112874678715 0.5254990606499601\n");
    assert_eq!(shown("--random-seed=-5"), "0.51453384651197 ".to_owned() + shown("--random-seed=-5").split(' ').next_back().expect("two numbers"));
    assert_ne!(shown("--random-seed=0"), shown("--random-seed=0"));
    assert_eq!(coil(&["--random-seed=x", "-p", "1"]).status.code(), Some(9));
}

#[test]
fn memory_that_runs_out_is_an_error_first_and_then_the_end() {
    let allocate = "const list = []; for (;;) list.push(new Array(1000).fill(0).map((_, index) => ({ index })));";
    let ended = coil(&["--max-memory=50", "-e", allocate]);
    assert_eq!(ended.status.code(), Some(123));
    assert!(text(&ended.stderr).contains("RangeError: Out of memory"), "{}", text(&ended.stderr));
    assert!(text(&ended.stderr).contains("stopped: memory limit reached"), "{}", text(&ended.stderr));
    let caught = coil(&["--max-memory=50", "-e", &format!("(() => {{ try {{ {allocate} }} catch (error) {{ console.log(error.name); }} }})()")]);
    assert_eq!((caught.status.code(), text(&caught.stdout).as_str()), (Some(0), "RangeError\n"));
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
