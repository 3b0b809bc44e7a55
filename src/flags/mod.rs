//! The command line: one row per flag, one walk over the arguments. Parsing is apart from doing.

mod accepted;

use std::path::Path;

use coil_engine::launch::{TestFlags, UnhandledRejections};
use coil_sys::{NetRules, PathRules, Policy};

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Program {
    /// A file.
    File(String),
    /// `-e` or `-p`: a text, and whether its value is printed.
    Text { text: String, print: bool },
    /// `-`, or nothing while standard input is no terminal.
    #[default]
    Stdin,
    /// `--check FILE`
    Check(String),
    /// `--version`
    Version,
    /// `--help`
    Help,
    /// `--completion-bash`
    Completion,
    /// `--v8-options`
    EngineOptions,
    /// `--run`: a script of `package.json`.
    Script(String),
}

/// What the command line asks for.
#[derive(Default)]
pub struct Flags {
    /// What to run.
    pub program: Program,
    /// What stands after the program: the end of `process.argv`.
    pub args: Vec<String>,
    /// What stands before it: `process.execArgv`.
    pub exec_args: Vec<String>,
    /// `-r`
    pub require: Vec<String>,
    /// `--import`
    pub import: Vec<String>,
    /// `--input-type`
    pub input_type: Option<String>,
    /// `--trace-loop`
    pub trace_loop: Option<String>,
    /// `--stack-trace-limit`
    pub stack_trace_limit: Option<f64>,
    /// `--unhandled-rejections`
    pub unhandled_rejections: UnhandledRejections,
    /// `--title`
    pub title: Option<String>,
    /// `--disable-warning`
    pub disabled_warnings: Vec<String>,
    /// `--redirect-warnings`
    pub redirect_warnings: Option<String>,
    /// `--conditions`
    pub conditions: Vec<String>,
    /// `--experimental-loader`
    pub loaders: Vec<String>,
    /// `--trace-require-module`: `all`, or `no-node-modules`.
    pub trace_require_module: Option<String>,
    /// `--max-http-header-size`
    pub max_http_header_size: Option<u32>,
    /// `--disable-proto`: `delete` or `throw`.
    pub disable_proto: Option<String>,
    /// Accepted flags that take something away, such as `--no-experimental-websocket`.
    pub taken_away: Vec<String>,
    /// `--env-file`, and whether it must be there.
    pub env_files: Vec<(String, bool)>,
    /// Flags without a value, by name.
    pub switches: Vec<&'static str>,
    /// `--permission` and its allowances.
    pub permission: Permission,
    /// `--max-time`
    pub max_time_ms: Option<u64>,
    /// `--max-memory`, `--max-old-space-size`, in MiB
    pub max_memory_mb: Option<u64>,
    /// `--max-fuel`
    pub max_fuel: Option<u64>,
    /// `--random-seed`
    pub random_seed: Option<i32>,
    /// `--test` and its flags.
    pub test: TestFlags,
    /// `--watch-path`
    pub watch_paths: Vec<String>,
    /// `--watch-kill-signal`
    pub watch_kill_signal: Option<String>,
    /// `--print` without a text.
    pub prints: bool,
    /// `--interactive`
    pub interactive: bool,
    /// `-`
    pub explicit_stdin: bool,
}

/// `--permission` and its allowances.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// `--permission`
    pub on: bool,
    /// `--allow-fs-read`
    pub fs_read: Vec<String>,
    /// `--allow-fs-write`
    pub fs_write: Vec<String>,
    /// Allowances without a value: `net`, `child-process`, `worker`, `addons`, `wasi`, `env`.
    pub allow: Vec<String>,
}

/// One flag.
pub struct Flag {
    /// `--name`
    pub name: &'static str,
    /// `-n`
    pub short: Option<&'static str>,
    /// How the value is shown in the help; none where the flag takes none.
    pub value: Option<&'static str>,
    /// One line of help.
    pub help: &'static str,
    /// Puts it into the flags.
    apply: fn(&mut Flags, &'static str, String) -> Result<(), String>,
}

/// `--v8-options`
pub(crate) fn engine_options() -> String {
    accepted::engine_options()
}

/// How the error of `--security-revert` begins.
pub(crate) const UNKNOWN_REVERT: &str = "Error: Attempt to revert an unknown CVE";

/// A function for bash that completes the flags, and files.
pub(crate) fn bash_completion() -> String {
    let mut names: Vec<&str> = FLAGS.iter().flat_map(|flag| std::iter::once(flag.name).chain(flag.short)).chain(accepted::names()).collect();
    names.sort_unstable();
    format!(
        r#"_node_complete() {{
  local cur_word options
  cur_word="${{COMP_WORDS[COMP_CWORD]}}"
  if [[ "${{cur_word}}" == -* ]] ; then
    COMPREPLY=( $(compgen -W '{}' -- "${{cur_word}}") )
    return 0
  else
    COMPREPLY=( $(compgen -f "${{cur_word}}") )
    return 0
  fi
}}
complete -o filenames -o nospace -o bashdefault -F _node_complete node node_g coil
"#,
        names.join(" ")
    )
}

/// Every flag, in the help's order.
pub static FLAGS: &[Flag] = &[
    Flag { name: "--eval", short: Some("-e"), value: Some("<text>"), help: "run a text", apply: |flags, _, text| set(flags, Program::Text { text, print: false }) },
    Flag { name: "--print", short: Some("-p"), value: Some("<text>"), help: "run a text and print its value", apply: |flags, _, text| set(flags, Program::Text { text, print: true }) },
    Flag { name: "--check", short: Some("-c"), value: None, help: "only check the file's syntax", apply: switch },
    Flag { name: "--require", short: Some("-r"), value: Some("<module>"), help: "load a module first (repeatable)", apply: |flags, _, value| push(&mut flags.require, value) },
    Flag { name: "--import", short: None, value: Some("<module>"), help: "import a module first (repeatable)", apply: |flags, _, value| push(&mut flags.import, value) },
    Flag { name: "--input-type", short: None, value: Some("<type>"), help: "read -e, -p and standard input as commonjs, module, commonjs-typescript or module-typescript", apply: input_type },
    Flag {
        name: "--permission",
        short: None,
        value: None,
        help: "deny what the --allow flags do not allow",
        apply: |flags, _, _| {
            flags.permission.on = true;
            Ok(())
        },
    },
    Flag {
        name: "--allow-fs-read",
        short: None,
        value: Some("<path>"),
        help: "allow reading a path, what is below it, or * (repeatable)",
        apply: |flags, _, value| push(&mut flags.permission.fs_read, value),
    },
    Flag {
        name: "--allow-fs-write",
        short: None,
        value: Some("<path>"),
        help: "allow writing a path, what is below it, or * (repeatable)",
        apply: |flags, _, value| push(&mut flags.permission.fs_write, value),
    },
    Flag {
        name: "--max-time",
        short: None,
        value: Some("<ms>"),
        help: "end the program after so many milliseconds (status 124)",
        apply: |flags, name, value| limit(&mut flags.max_time_ms, name, &value),
    },
    Flag {
        name: "--max-memory",
        short: None,
        value: Some("<MiB>"),
        help: "let the heap take so many MiB, array buffers included (status 123)",
        apply: |flags, name, value| limit(&mut flags.max_memory_mb, name, &value),
    },
    Flag { name: "--max-old-space-size", short: None, value: Some("<MiB>"), help: "the same", apply: |flags, name, value| limit(&mut flags.max_memory_mb, name, &value) },
    Flag {
        name: "--max-fuel",
        short: None,
        value: Some("<units>"),
        help: "end the program after so much work; the same in every run (status 122)",
        apply: |flags, name, value| limit(&mut flags.max_fuel, name, &value),
    },
    Flag {
        name: "--random-seed",
        short: None,
        value: Some("<number>"),
        help: "let Math.random give the same numbers in every run, which are those of V8 for this seed",
        apply: |flags, name, value| {
            // V8's flag is an int: higher bits are cut off, and 0 is as if nothing was said.
            let seed = value.parse::<i64>().map_err(|_| format!("illegal value for flag {name}={value} of type int"))? as i32;
            flags.random_seed = (seed != 0).then_some(seed);
            Ok(())
        },
    },
    Flag { name: "--allow-net", short: None, value: None, help: "allow the network", apply: allow },
    Flag { name: "--allow-child-process", short: None, value: None, help: "allow child processes", apply: allow },
    Flag { name: "--allow-worker", short: None, value: None, help: "allow worker threads", apply: allow },
    Flag { name: "--allow-addons", short: None, value: None, help: "accepted: coil loads no native add-ons", apply: allow },
    Flag { name: "--allow-wasi", short: None, value: None, help: "accepted: coil has no WASI", apply: allow },
    Flag { name: "--allow-env", short: None, value: None, help: "accepted: the environment is visible, as in Node", apply: allow },
    Flag { name: "--trace-exit", short: None, value: None, help: "show where process.exit() is called", apply: switch },
    Flag { name: "--run", short: None, value: Some("<script>"), help: "run a script of package.json", apply: |flags, _, name| set(flags, Program::Script(name)) },
    Flag { name: "--completion-bash", short: None, value: None, help: "print a script that completes coil's flags in bash", apply: |flags, _, _| set(flags, Program::Completion) },
    Flag {
        name: "--use-largepages",
        short: None,
        value: Some("<mode>"),
        help: "accepted: off, on or silent",
        apply: |_, name, value| if ["off", "on", "silent"].contains(&value.as_str()) { Ok(()) } else { Err(format!("invalid value for {name}")) },
    },
    Flag {
        name: "--security-revert",
        short: None,
        value: Some("<cve>"),
        help: "accepted: there is no fix to revert, so each is unknown",
        apply: |_, _, value| Err(format!("{UNKNOWN_REVERT} [{value}]")),
    },
    Flag {
        name: "--trace-loop",
        short: None,
        value: Some("<file>"),
        help: "write what the event loop did as Chrome trace JSON",
        apply: |flags, _, value| {
            flags.trace_loop = Some(value);
            Ok(())
        },
    },
    Flag { name: "--stack-trace-limit", short: None, value: Some("<n>"), help: "frames in an error's stack", apply: stack_trace_limit },
    Flag { name: "--unhandled-rejections", short: None, value: Some("<mode>"), help: "strict, throw, warn, none or warn-with-error-code", apply: unhandled_rejections },
    Flag {
        name: "--disable-warning",
        short: None,
        value: Some("<code>"),
        help: "do not show warnings of a code or name (repeatable)",
        apply: |flags, _, value| push(&mut flags.disabled_warnings, value),
    },
    Flag {
        name: "--redirect-warnings",
        short: None,
        value: Some("<file>"),
        help: "append warnings to a file",
        apply: |flags, _, value| {
            flags.redirect_warnings = Some(value);
            Ok(())
        },
    },
    Flag {
        name: "--conditions",
        short: Some("-C"),
        value: Some("<name>"),
        help: "a condition more for exports and imports of packages (repeatable)",
        apply: |flags, _, value| push(&mut flags.conditions, value),
    },
    Flag { name: "--experimental-vm-modules", short: None, value: None, help: "offer vm.SourceTextModule and vm.SyntheticModule", apply: switch },
    Flag { name: "--preserve-symlinks-main", short: None, value: None, help: "nor that of the program's own file", apply: switch },
    Flag { name: "--entry-url", short: None, value: None, help: "the program is named by a URL", apply: switch },
    Flag {
        name: "--experimental-loader",
        short: None,
        value: Some("<module>"),
        help: "a module whose hooks resolve and load modules (repeatable)",
        apply: |flags, _, value| push(&mut flags.loaders, value),
    },
    Flag { name: "--loader", short: None, value: Some("<module>"), help: "the same", apply: |flags, _, value| push(&mut flags.loaders, value) },
    Flag {
        name: "--trace-require-module",
        short: None,
        value: None,
        help: "tell where require loads an ES module",
        apply: |flags, _, mode| {
            flags.trace_require_module = Some(mode);
            Ok(())
        },
    },
    Flag {
        name: "--env-file",
        short: None,
        value: Some("<file>"),
        help: "set environment variables from a file (repeatable)",
        apply: |flags, _, value| {
            flags.env_files.push((value, true));
            Ok(())
        },
    },
    Flag {
        name: "--env-file-if-exists",
        short: None,
        value: Some("<file>"),
        help: "the same, if the file is there (repeatable)",
        apply: |flags, _, value| {
            flags.env_files.push((value, false));
            Ok(())
        },
    },
    Flag {
        name: "--max-http-header-size",
        short: None,
        value: Some("<bytes>"),
        help: "how long the head of an HTTP message may be (16384)",
        apply: |flags, _, value| {
            flags.max_http_header_size = value.parse().ok().filter(|size| *size > 0);
            Ok(())
        },
    },
    Flag {
        name: "--disable-proto",
        short: None,
        value: Some("<mode>"),
        help: "delete: no Object.prototype.__proto__; throw: using it throws",
        apply: |flags, _, value| {
            if !["delete", "throw", ""].contains(&value.as_str()) {
                return Err(format!("invalid mode passed to --disable-proto: {value}"));
            }
            flags.disable_proto = Some(value);
            Ok(())
        },
    },
    Flag {
        name: "--title",
        short: None,
        value: Some("<text>"),
        help: "the process's title",
        apply: |flags, _, value| {
            flags.title = Some(value);
            Ok(())
        },
    },
    Flag { name: "--no-warnings", short: None, value: None, help: "show no warnings", apply: switch },
    Flag {
        name: "--warnings",
        short: None,
        value: None,
        help: "show warnings (the default)",
        apply: |flags, _, _| {
            flags.switches.retain(|name| *name != "--no-warnings");
            Ok(())
        },
    },
    Flag { name: "--trace-warnings", short: None, value: None, help: "show warnings with their stacks", apply: switch },
    Flag { name: "--no-deprecation", short: None, value: None, help: "show no deprecations", apply: switch },
    Flag { name: "--throw-deprecation", short: None, value: None, help: "throw where something deprecated is used", apply: switch },
    Flag { name: "--trace-deprecation", short: None, value: None, help: "show deprecations with their stacks", apply: switch },
    Flag { name: "--pending-deprecation", short: None, value: None, help: "show pending deprecations too", apply: switch },
    Flag { name: "--trace-sync-io", short: None, value: None, help: "tell of blocking calls after the first turn", apply: switch },
    Flag { name: "--trace-uncaught", short: None, value: None, help: "show where an uncaught error was thrown", apply: switch },
    Flag { name: "--expose-gc", short: None, value: None, help: "offer gc()", apply: switch },
    Flag {
        name: "--expose_gc",
        short: None,
        value: None,
        help: "the same",
        apply: |flags, _, _| {
            flags.switches.push("--expose-gc");
            Ok(())
        },
    },
    Flag { name: "--disallow-code-generation-from-strings", short: None, value: None, help: "no eval, no new Function", apply: switch },
    Flag { name: "--preserve-symlinks", short: None, value: None, help: "do not resolve symbolic links of modules", apply: switch },
    Flag {
        name: "--test",
        short: None,
        value: None,
        help: "run test files",
        apply: |flags, _, _| {
            flags.test.runs = true;
            Ok(())
        },
    },
    Flag { name: "--test-reporter", short: None, value: Some("<name>"), help: "spec, tap, dot, junit or a module (repeatable)", apply: |flags, _, value| push(&mut flags.test.reporters, value) },
    Flag { name: "--test-reporter-destination", short: None, value: Some("<file>"), help: "stdout, stderr or a file (repeatable)", apply: |flags, _, value| push(&mut flags.test.destinations, value) },
    Flag { name: "--test-name-pattern", short: None, value: Some("<regex>"), help: "run tests whose name matches (repeatable)", apply: |flags, _, value| push(&mut flags.test.name_patterns, value) },
    Flag {
        name: "--test-skip-pattern",
        short: None,
        value: Some("<regex>"),
        help: "leave out tests whose name matches (repeatable)",
        apply: |flags, _, value| push(&mut flags.test.skip_patterns, value),
    },
    Flag {
        name: "--test-only",
        short: None,
        value: None,
        help: "run only tests that say only",
        apply: |flags, _, _| {
            flags.test.only = true;
            Ok(())
        },
    },
    Flag {
        name: "--test-timeout",
        short: None,
        value: Some("<ms>"),
        help: "milliseconds until a test fails",
        apply: |flags, name, value| {
            flags.test.timeout_ms = Some(whole(name, &value)?);
            Ok(())
        },
    },
    Flag {
        name: "--test-concurrency",
        short: None,
        value: Some("<n>"),
        help: "how many test files run at once",
        apply: |flags, name, value| {
            flags.test.concurrency = Some(whole(name, &value)?);
            Ok(())
        },
    },
    Flag {
        name: "--test-force-exit",
        short: None,
        value: None,
        help: "end once the tests have",
        apply: |flags, _, _| {
            flags.test.force_exit = true;
            Ok(())
        },
    },
    Flag {
        name: "--test-update-snapshots",
        short: None,
        value: None,
        help: "write snapshot files anew",
        apply: |flags, _, _| {
            flags.test.update_snapshots = true;
            Ok(())
        },
    },
    Flag {
        name: "--test-isolation",
        short: None,
        value: Some("<mode>"),
        help: "process or none",
        apply: |flags, _, value| {
            flags.test.isolation = Some(value);
            Ok(())
        },
    },
    Flag {
        name: "--test-shard",
        short: None,
        value: Some("<i/n>"),
        help: "run one part of the test files",
        apply: |flags, _, value| {
            flags.test.shard = Some(value);
            Ok(())
        },
    },
    Flag {
        name: "--test-global-setup",
        short: None,
        value: Some("<file>"),
        help: "a module to load before and leave after all tests",
        apply: |flags, _, value| {
            flags.test.global_setup = Some(value);
            Ok(())
        },
    },
    Flag { name: "--watch", short: None, value: None, help: "run the program again when one of its files changes", apply: switch },
    Flag { name: "--watch-path", short: None, value: Some("<path>"), help: "watch this instead of the program's files (repeatable)", apply: |flags, _, value| push(&mut flags.watch_paths, value) },
    Flag { name: "--watch-preserve-output", short: None, value: None, help: "do not clear the terminal before the program runs again", apply: switch },
    Flag {
        name: "--watch-kill-signal",
        short: None,
        value: Some("<signal>"),
        help: "what ends the program before it runs again: SIGTERM unless told otherwise",
        apply: |flags, _, value| {
            flags.watch_kill_signal = Some(value);
            Ok(())
        },
    },
    Flag { name: "--use-strict", short: None, value: None, help: "take every script for strict code", apply: switch },
    Flag { name: "--experimental-transform-types", short: None, value: None, help: "rewrite enums, namespaces and parameter properties of TypeScript too", apply: switch },
    Flag { name: "--enable-source-maps", short: None, value: None, help: "show stacks in terms of the sources, by source maps", apply: switch },
    Flag {
        name: "--interactive",
        short: Some("-i"),
        value: None,
        help: "accepted without effect",
        apply: |flags, _, _| {
            flags.interactive = true;
            Ok(())
        },
    },
    Flag { name: "--version", short: Some("-v"), value: None, help: "print the version of the Node whose behaviour coil follows", apply: |flags, _, _| set(flags, Program::Version) },
    Flag { name: "--v8-options", short: None, value: None, help: "print the flags of V8 that coil takes", apply: |flags, _, _| set(flags, Program::EngineOptions) },
    Flag { name: "--help", short: Some("-h"), value: None, help: "print this", apply: |flags, _, _| set(flags, Program::Help) },
];

/// Takes a flag of Node's that has no effect here; whether it took the next argument as its value.
fn accept(argument: &str, name: &str, has_value: bool, rest: &mut std::iter::Peekable<impl Iterator<Item = String>>) -> Result<bool, String> {
    if accepted::is_switch(name) {
        return Ok(false);
    }
    if name != "-C" && !accepted::takes_value(name) {
        return Err(format!("bad option: {argument}"));
    }
    if has_value {
        return Ok(false);
    }
    rest.next_if(|value| !value.starts_with('-')).map(|_| true).ok_or_else(|| format!("{argument} requires an argument"))
}

fn set(flags: &mut Flags, program: Program) -> Result<(), String> {
    // Version and help win over whatever else is asked for.
    if !matches!(flags.program, Program::Version | Program::Help | Program::Completion | Program::EngineOptions | Program::Script(_)) {
        flags.program = program;
    }
    Ok(())
}

fn limit(limit: &mut Option<u64>, name: &str, value: &str) -> Result<(), String> {
    *limit = Some(value.parse().map_err(|_| format!("{name} must be a whole number"))?);
    Ok(())
}

fn push(list: &mut Vec<String>, value: String) -> Result<(), String> {
    list.push(value);
    Ok(())
}

fn switch(flags: &mut Flags, name: &'static str, _value: String) -> Result<(), String> {
    flags.switches.push(name);
    Ok(())
}

fn allow(flags: &mut Flags, name: &'static str, _value: String) -> Result<(), String> {
    flags.permission.allow.push(name.trim_start_matches("--allow-").to_owned());
    Ok(())
}

fn input_type(flags: &mut Flags, _name: &'static str, value: String) -> Result<(), String> {
    if !["commonjs", "module", "module-typescript", "commonjs-typescript"].contains(&value.as_str()) {
        return Err("--input-type must be \"module\", \"commonjs\", \"module-typescript\" or \"commonjs-typescript\"".into());
    }
    flags.input_type = Some(value);
    Ok(())
}

fn stack_trace_limit(flags: &mut Flags, _name: &'static str, value: String) -> Result<(), String> {
    flags.stack_trace_limit = value.parse().ok();
    Ok(())
}

fn unhandled_rejections(flags: &mut Flags, _name: &'static str, value: String) -> Result<(), String> {
    flags.unhandled_rejections = match value.as_str() {
        "throw" => UnhandledRejections::Throw,
        "strict" => UnhandledRejections::Strict,
        "warn" => UnhandledRejections::Warn,
        "warn-with-error-code" => UnhandledRejections::WarnWithErrorCode,
        "none" => UnhandledRejections::None,
        _ => return Err("invalid value for --unhandled-rejections".into()),
    };
    Ok(())
}

impl Flags {
    /// Reads the arguments after the executable's name; `node_options` come first, as from NODE_OPTIONS.
    ///
    /// An error is one line without the program's name, as Node prints it after it.
    pub fn parse(args: impl IntoIterator<Item = String>, node_options: &str) -> Result<Self, String> {
        let mut flags = Self::default();
        let mut options = split_options(node_options)?.into_iter().peekable();
        while let Some(argument) = options.next() {
            if !argument.starts_with('-') || ["-e", "-p", "--eval", "--print", "-c", "--check", "-v", "-h", "--version", "--help", "-i", "--run", "--completion-bash"].contains(&argument.as_str()) {
                return Err(format!("{argument} is not allowed in NODE_OPTIONS"));
            }
            flags.take(&argument, &mut options)?;
        }
        let mut args = args.into_iter().peekable();
        let mut given = false;
        while let Some(argument) = args.next() {
            if argument == "--" {
                break;
            }
            if argument == "-" || !argument.starts_with('-') {
                // An empty name is none.
                let argument = if argument.is_empty() { "-".to_owned() } else { argument };
                flags.explicit_stdin = argument == "-";
                let takes_text = matches!(flags.program, Program::Text { .. } | Program::Version | Program::Help | Program::Completion | Program::EngineOptions | Program::Script(_));
                if takes_text || given {
                    flags.args.push(argument);
                } else if argument != "-" {
                    flags.program = Program::File(argument);
                }
                given = true;
                break;
            }
            let before = args.peek().cloned();
            flags.exec_args.push(argument.clone());
            let consumed = flags.take(&argument, &mut args)?;
            if let (true, Some(value)) = (consumed, before) {
                flags.exec_args.push(value);
            }
        }
        if !given && flags.program == Program::Stdin {
            // After `--` stands the program's name.
            match args.next() {
                Some(file) if file != "-" => flags.program = Program::File(file),
                _ => {}
            }
        }
        flags.args.extend(args);
        if let Program::Text { print, .. } = &mut flags.program {
            *print |= flags.prints;
        }
        let has = |name: &str| flags.exec_args.iter().any(|word| word == name);
        if has("--tls-min-v1.3") && has("--tls-max-v1.2") && !has("--tls-max-v1.3") {
            return Err("either --tls-min-v1.3 or --tls-max-v1.2 can be used, not both".into());
        }
        if has("--use-openssl-ca") {
            for other in ["--use-bundled-ca", "--use-system-ca"] {
                if has(other) {
                    return Err(format!("either --use-openssl-ca or {other} can be used, not both"));
                }
            }
        }
        if flags.switches.contains(&"--check") {
            match &flags.program {
                Program::File(file) => flags.program = Program::Check(file.clone()),
                Program::Stdin => flags.program = Program::Check("-".to_owned()),
                Program::Text { .. } => return Err("either --check or --eval can be used, not both".into()),
                _ => {}
            }
        }
        Ok(flags)
    }

    /// Takes one flag; whether it took the next argument as its value.
    fn take(&mut self, argument: &str, rest: &mut std::iter::Peekable<impl Iterator<Item = String>>) -> Result<bool, String> {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) if argument.starts_with("--") => (name, Some(value.to_owned())),
            _ => (argument, None),
        };
        if name == "-pe" {
            let text = rest.next().ok_or_else(|| format!("{argument} requires an argument"))?;
            set(self, Program::Text { text, print: true })?;
            return Ok(true);
        }
        let name = name.replace('_', "-");
        if let Some(positive) = name.strip_prefix("--no-") {
            let positive = format!("--{positive}");
            let valued = FLAGS.iter().any(|flag| flag.name == positive && flag.value.is_some()) || accepted::takes_value(&positive);
            if valued && !FLAGS.iter().any(|flag| flag.name == name) {
                return Err(format!("{argument} is an invalid negation because it is not a boolean option"));
            }
        }
        let Some(flag) = FLAGS.iter().find(|flag| flag.name == name || flag.short == Some(name.as_str())) else {
            if name.starts_with("--no-") {
                self.taken_away.push(name.clone());
            }
            return accept(argument, &name, inline.is_some(), rest);
        };
        if flag.value.is_none() {
            (flag.apply)(self, flag.name, inline.unwrap_or_default())?;
            return Ok(false);
        }
        if let Some(value) = inline {
            (flag.apply)(self, flag.name, value)?;
            return Ok(false);
        }
        if flag.name == "--print" && rest.peek().is_none_or(|value| value.starts_with('-') && value.len() > 1) {
            // The text comes with `--eval`, or from standard input.
            self.prints = true;
            return Ok(false);
        }
        let value = match rest.peek() {
            Some(value) if !value.starts_with('-') || value.len() == 1 || matches!(flag.name, "--eval" | "--print") => rest.next(),
            _ => None,
        };
        let value = value.ok_or_else(|| format!("{argument} requires an argument"))?;
        (flag.apply)(self, flag.name, value)?;
        Ok(true)
    }

    /// Whether a flag without value was given.
    pub fn has(&self, name: &str) -> bool {
        self.switches.contains(&name)
    }

    /// The policy that the permission flags describe.
    pub fn policy(&self, cwd: &str) -> Policy {
        if !self.permission.on {
            return Policy::default();
        }
        let mut policy = Policy::deny_all();
        let cwd = Path::new(cwd);
        let grants = |lists: &[String]| PathRules::list(lists.iter().map(String::as_str), cwd);
        // The program and what is loaded before it may be read, or nothing could run.
        let program = match &self.program {
            Program::File(file) => Some(file),
            _ => None,
        };
        let own: Vec<String> = program.into_iter().chain(&self.require).cloned().collect();
        policy.fs_read = PathRules::list(self.permission.fs_read.iter().chain(&own).map(String::as_str), cwd);
        policy.fs_write = grants(&self.permission.fs_write);
        for what in &self.permission.allow {
            match what.as_str() {
                "net" => policy.net = NetRules::All,
                "child-process" => policy.child_process = true,
                "worker" => policy.worker = true,
                "addons" => policy.addons = true,
                "wasi" => policy.wasi = true,
                // The environment is visible as in Node; the flag is accepted.
                _ => {}
            }
        }
        policy
    }
}

/// NODE_OPTIONS: words separated by blanks; double quotes keep blanks, a backslash inside them keeps a quote.
fn split_options(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => word.push(chars.next().ok_or("invalid value for NODE_OPTIONS (invalid escape)")?),
            '"' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                    any = false;
                }
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err("invalid value for NODE_OPTIONS (unterminated string)".into());
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

/// `--help`
pub fn help() -> String {
    let mut text = String::from("Usage: coil [options] [ file | - ] [arguments]\n\nOptions:\n");
    for flag in FLAGS {
        let names = match flag.short {
            Some(short) => format!("{short}, {}", flag.name),
            None => flag.name.to_owned(),
        };
        let left = match flag.value {
            Some(value) => format!("{names}={value}"),
            None => names,
        };
        text += &format!("  {left:<34} {}\n", flag.help);
    }
    text += "\nEnvironment: NODE_OPTIONS, NODE_PATH, NODE_NO_WARNINGS, NODE_DEBUG, UV_THREADPOOL_SIZE, NO_COLOR, FORCE_COLOR\n";
    text
}

/// A whole number of a flag's value.
fn whole(name: &str, value: &str) -> Result<f64, String> {
    value.parse::<u32>().map(f64::from).map_err(|_| format!("{name} must be a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Flags, String> {
        Flags::parse(args.iter().map(|arg| (*arg).to_owned()), "")
    }

    #[test]
    fn every_flag_is_found_by_its_names() {
        // What `--security-revert` names is never known.
        for flag in FLAGS.iter().filter(|flag| flag.name != "--security-revert") {
            for name in [Some(flag.name), flag.short].into_iter().flatten() {
                let value = match flag.name {
                    "--input-type" => "module",
                    "--disable-proto" => "throw",
                    "--unhandled-rejections" => "warn",
                    "--use-largepages" => "off",
                    _ => "1",
                };
                let args: Vec<&str> = if flag.value.is_some() { vec![name, value] } else { vec![name] };
                assert!(parse(&args).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn flags_end_at_the_program() {
        let flags = parse(&["--no-warnings", "-r", "x", "file.js", "--no-warnings", "-e"]).unwrap_or_default();
        assert_eq!(flags.program, Program::File("file.js".into()));
        assert_eq!(flags.args, ["--no-warnings", "-e"]);
        assert_eq!(flags.exec_args, ["--no-warnings", "-r", "x"]);
        assert_eq!(flags.require, ["x"]);
    }

    #[test]
    fn a_text_takes_the_rest_as_arguments() {
        let flags = parse(&["-p", "1", "a", "b"]).unwrap_or_default();
        assert_eq!(flags.program, Program::Text { text: "1".into(), print: true });
        assert_eq!(flags.args, ["a", "b"]);
    }

    #[test]
    fn what_is_unknown_or_incomplete_is_told() {
        assert_eq!(parse(&["--nope"]).err().as_deref(), Some("bad option: --nope"));
        assert_eq!(parse(&["-e"]).err().as_deref(), Some("-e requires an argument"));
        assert_eq!(Flags::parse([], "-e 1").err().as_deref(), Some("-e is not allowed in NODE_OPTIONS"));
    }

    #[test]
    fn node_options_may_be_quoted() {
        assert_eq!(split_options(r#"-r "a b" --title=x"#), Ok(vec!["-r".into(), "a b".into(), "--title=x".into()]));
        assert!(split_options("\"a").is_err());
    }
}
