//! `run(options)` and `--test`: test files, each in a process of its own or all in this one.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsPromise},
};
use coil_engine::{
    Host, errors,
    launch::{Launch, TestFlags},
    validate,
};

use super::{
    file_test::{self, Common},
    files,
    filter::{self, NameFilter},
    global_setup, interrupt,
    reporters::{self, Sink},
    session::{self, Config, Session},
    stream,
    tree::{Kind, Options, Test, now_ns},
    watch,
};
use crate::{
    coroutine::{self, run as co_run},
    events,
};

/// What a run is asked for.
pub(super) struct Asked {
    files: Option<Vec<String>>,
    globs: Vec<String>,
    pub(super) cwd: String,
    isolated: bool,
    shard: Option<(u64, u64)>,
    setup: Option<boa_engine::object::builtins::JsFunction>,
    /// `globalSetupPath`
    global_setup: Option<String>,
    pub(super) common: Common,
    config: Config,
    pub(super) root: JsObject,
}

fn strings(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<String>> {
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    let array = validate::array(value, name, 0, cx)?;
    let mut list = Vec::new();
    for (index, value) in events::elements(&array, cx)?.iter().enumerate() {
        list.push(validate::string(value, &format!("{name}[{index}]"), cx)?.to_std_string_lossy());
    }
    Ok(list)
}

/// Patterns of names: the filters, and the flags that say the same to a process.
fn patterns(value: &JsValue, option: &str, flag: &str, flags: &mut Vec<String>, cx: &mut Context) -> JsResult<Vec<NameFilter>> {
    if value.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let list = match value.as_object().filter(JsObject::is_array) {
        Some(array) => events::elements(&array, cx)?,
        None => vec![value.clone()],
    };
    let mut filters = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let name = format!("{option}[{index}]");
        if let Some(regexp) = filter::as_regexp(value) {
            flags.push(format!("{flag}={}", value.to_string(cx)?.to_std_string_lossy()));
            filters.push(NameFilter::of_regexp(regexp)?);
        } else if let Some(text) = value.as_string() {
            let text = text.to_std_string_lossy();
            filters.push(NameFilter::parse(&text, &name, cx)?);
            flags.push(format!("{flag}={text}"));
        } else {
            return Err(errors::invalid_arg_type(&name, "string|RegExp", value, cx));
        }
    }
    Ok(filters)
}

fn read(options: &JsObject, cx: &mut Context) -> JsResult<Asked> {
    let get = |key: &'static str, cx: &mut Context| options.get(JsString::from(key), cx);
    let set = |value: &JsValue| !value.is_null_or_undefined();
    let mut flags = Vec::new();
    let given_files = get("files", cx)?;
    let mut file_list = None;
    if set(&given_files) {
        let array = validate::array(&given_files, "options.files", 0, cx)?;
        let mut list = Vec::new();
        for value in events::elements(&array, cx)? {
            list.push(value.to_string(cx)?.to_std_string_lossy());
        }
        file_list = Some(list);
    }
    let watch = get("watch", cx)?;
    if set(&watch) {
        validate::boolean(&watch, "options.watch", cx)?;
    }
    let force_exit = get("forceExit", cx)?;
    if set(&force_exit) {
        validate::boolean(&force_exit, "options.forceExit", cx)?;
        if force_exit.to_boolean() && watch.to_boolean() {
            return Err(errors::invalid_arg_value("options.forceExit", &watch, "is not supported with watch mode", cx));
        }
        if force_exit.to_boolean() {
            flags.push("--test-force-exit".to_owned());
        }
    }
    let only = get("only", cx)?;
    if set(&only) {
        validate::boolean(&only, "options.only", cx)?;
    }
    let given_globs = get("globPatterns", cx)?;
    let mut globs = Vec::new();
    if set(&given_globs) {
        let array = validate::array(&given_globs, "options.globPatterns", 0, cx)?;
        for value in events::elements(&array, cx)? {
            globs.push(value.to_string(cx)?.to_std_string_lossy());
        }
    }
    let given_cwd = get("cwd", cx)?;
    let cwd = if given_cwd.is_undefined() { Host::of(cx).cwd() } else { validate::string(&given_cwd, "options.cwd", cx)?.to_std_string_lossy() };
    if !globs.is_empty() && file_list.as_ref().is_some_and(|list| !list.is_empty()) {
        return Err(errors::invalid_arg_value("options.globPatterns", &given_globs, "is not supported when specifying 'options.files'", cx));
    }
    let mut shard = None;
    let given_shard = get("shard", cx)?;
    if set(&given_shard) {
        let object = validate::object(&given_shard, "options.shard", cx)?;
        let (index, total) = (object.get(js_string!("index"), cx)?, object.get(js_string!("total"), cx)?);
        let total = validate::integer(&total, "options.shard.total", 1.0, validate::SAFE_INTEGER_MAX, cx)?;
        let index = validate::integer(&index, "options.shard.index", 1.0, total, cx)?;
        if watch.to_boolean() {
            return Err(errors::invalid_arg_value("options.shard", &watch, "shards not supported with watch mode", cx));
        }
        shard = Some((index as u64, total as u64));
    }
    let given_setup = get("setup", cx)?;
    let setup = if set(&given_setup) { Some(validate::function(&given_setup, "options.setup", cx)?) } else { None };
    let given_path = get("globalSetupPath", cx)?;
    let global_setup = if given_path.is_undefined() { None } else { Some(validate::string(&given_path, "options.globalSetupPath", cx)?.to_std_string_lossy()) };
    let names = get("testNamePatterns", cx)?;
    let names = patterns(&names, "options.testNamePatterns", "--test-name-pattern", &mut flags, cx)?;
    let skips = get("testSkipPatterns", cx)?;
    let skipped_names = patterns(&skips, "options.testSkipPatterns", "--test-skip-pattern", &mut flags, cx)?;
    let isolation = get("isolation", cx)?;
    let isolated = if isolation.is_undefined() { true } else { validate::one_of(&isolation, "options.isolation", &["process", "none"], cx)? == "process" };
    let coverage = get("coverage", cx)?;
    if !coverage.is_undefined() {
        validate::boolean(&coverage, "options.coverage", cx)?;
    }
    for key in ["coverageExcludeGlobs", "coverageIncludeGlobs"] {
        let value = get(key, cx)?;
        if set(&value) && !value.is_string() {
            let value = if value.as_object().is_some_and(|object| object.is_array()) { value } else { JsArray::from_iter([value], cx).into() };
            strings(&value, &format!("options.{key}"), cx)?;
        }
    }
    for key in ["lineCoverage", "branchCoverage", "functionCoverage"] {
        let value = get(key, cx)?;
        if !value.is_undefined() {
            validate::integer(&value, &format!("options.{key}"), 0.0, 100.0, cx)?;
        }
    }
    let argv = get("argv", cx)?;
    let argv = strings(&argv, "options.argv", cx)?;
    let exec_argv = get("execArgv", cx)?;
    let exec_argv = strings(&exec_argv, "options.execArgv", cx)?;
    let env = get("env", cx)?;
    let mut env_object = None;
    if set(&env) {
        env_object = Some(validate::object(&env, "options.env", cx)?);
        if !isolated {
            return Err(errors::invalid_arg_value("options.env", &env, "is not supported with isolation='none'", cx));
        }
    }
    if only.to_boolean() {
        flags.push("--test-only".to_owned());
    }
    let timeout = get("timeout", cx)?;
    if let Some(ms) = timeout.as_number().filter(|ms| ms.is_finite()) {
        flags.push(format!("--test-timeout={ms}"));
    }
    let root = JsObject::with_null_proto();
    for key in ["concurrency", "timeout", "signal"] {
        let value = get(key, cx)?;
        root.create_data_property_or_throw(JsString::from(key), value, cx)?;
    }
    let concurrency = get("concurrency", cx)?;
    let workers = match concurrency.as_boolean() {
        Some(true) => parallelism(),
        _ => concurrency.as_number().map_or(1, |number| (number as u32).max(1)),
    };
    let mut all = inherited_flags(cx);
    all.extend(flags);
    all.extend(exec_argv);
    let signal = get("signal", cx)?;
    let common = Common { cwd: cwd.clone(), flags: all, argv, env: env_object, signal, workers, next_worker: Rc::new(Cell::new(0)) };
    let config = Config { names, skipped_names, only: only.to_boolean(), filters_by_only: !isolated, force_exit: force_exit.to_boolean(), ..Config::default() };
    Ok(Asked { files: file_list, globs, cwd, isolated, shard, setup, global_setup, common, config, root })
}

/// What of this process's own flags goes on to the files.
fn inherited_flags(cx: &Context) -> Vec<String> {
    let own = Host::of(cx).state::<Launch>().exec_argv.borrow().clone();
    let mut flags = Vec::new();
    let mut skip_value = false;
    for flag in own {
        if std::mem::take(&mut skip_value) {
            continue;
        }
        let name = flag.split('=').next().unwrap_or_default();
        if matches!(name, "--test-reporter" | "--test-reporter-destination") {
            skip_value = !flag.contains('=');
            continue;
        }
        if !matches!(name, "--test" | "--watch" | "--experimental-test-coverage") {
            flags.push(flag);
        }
    }
    flags
}

/// Files at once where nobody says.
pub(super) fn parallelism() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| (count.get() as u32).saturating_sub(1).max(1))
}

/// `run(options)`
pub(super) fn run(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = match args.first().filter(|value| !value.is_undefined()) {
        Some(value) => validate::object(value, "options", cx)?,
        None => JsObject::with_null_proto(),
    };
    let asked = read(&options, cx)?;
    let target = stream::create(cx)?;
    let sinks = vec![Sink::Events(target.clone())];
    start(asked, sinks, Some(&target), false, cx)?;
    Ok(target.into())
}

/// `--test`
pub(crate) fn run_command(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let launch = host.state::<Launch>();
    let flags: TestFlags = launch.test.borrow().clone();
    let options = JsObject::with_null_proto();
    let put = |key: &'static str, value: JsValue, cx: &mut Context| options.create_data_property_or_throw(JsString::from(key), value, cx).map(drop);
    let named: Vec<JsValue> = launch.argv.borrow().iter().skip(1).map(|name| js_string!(name.as_str()).into()).collect();
    let named = JsArray::from_iter(named, cx);
    put("globPatterns", named.into(), cx)?;
    let isolated = flags.isolation.as_deref() != Some("none");
    let concurrency = if isolated { flags.concurrency.map_or(JsValue::from(true), JsValue::from) } else { 1.into() };
    put("concurrency", concurrency, cx)?;
    if let Some(isolation) = &flags.isolation {
        put("isolation", js_string!(isolation.as_str()).into(), cx)?;
    }
    if let Some(shard) = &flags.shard {
        let parts = shard.split_once('/').and_then(|(index, total)| Some((index.parse::<u32>().ok()?, total.parse::<u32>().ok()?)));
        let Some((index, total)) = parts else {
            return Err(errors::invalid_arg_value("--test-shard", &js_string!(shard.as_str()).into(), "must be in the form of <index>/<total>", cx));
        };
        let object = JsObject::with_null_proto();
        object.create_data_property_or_throw(js_string!("index"), index, cx)?;
        object.create_data_property_or_throw(js_string!("total"), total, cx)?;
        put("shard", object.into(), cx)?;
    }
    tell_configuration(&flags, &options, cx)?;
    let mut asked = read(&options, cx)?;
    asked.config.timeout_ms = flags.timeout_ms;
    asked.global_setup.clone_from(&flags.global_setup);
    if !isolated {
        asked.config.names = NameFilter::list(&flags.name_patterns, "--test-name-pattern", cx)?;
        asked.config.skipped_names = NameFilter::list(&flags.skip_patterns, "--test-skip-pattern", cx)?;
        asked.config.force_exit = flags.force_exit;
    }
    start(asked, Vec::new(), None, true, cx)
}

/// What NODE_DEBUG=test_runner tells of the command line.
fn tell_configuration(flags: &TestFlags, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    if !crate::util::debuglog::is_wanted("test_runner", cx) {
        return Ok(());
    }
    let shown = JsObject::with_null_proto();
    let rows = [
        ("isTestRunner", true.into()),
        ("concurrency", options.get(js_string!("concurrency"), cx)?),
        ("coverage", false.into()),
        ("forceExit", flags.force_exit.into()),
        ("isolation", js_string!(flags.isolation.as_deref().unwrap_or("process")).into()),
        ("only", flags.only.into()),
        ("shard", options.get(js_string!("shard"), cx)?),
        ("timeout", flags.timeout_ms.unwrap_or(f64::INFINITY).into()),
        ("updateSnapshots", flags.update_snapshots.into()),
        ("watch", false.into()),
        ("globPatterns", options.get(js_string!("globPatterns"), cx)?),
    ];
    for (name, value) in rows {
        shown.create_data_property_or_throw(JsString::from(name), value, cx)?;
    }
    let text = crate::show(&shown.into(), cx);
    let pid = Host::of(cx).sys().process().pid();
    crate::process::write_fd(2, format!("TEST_RUNNER {pid}: test runner configuration: {text}\n").as_bytes(), cx);
    Ok(())
}

fn start(mut asked: Asked, sinks: Vec<Sink>, target: Option<&JsObject>, is_command: bool, cx: &mut Context) -> JsResult<()> {
    let watches = is_command && watch::is_asked(cx);
    // What has been loaded once in this process would not run again.
    asked.isolated |= watches;
    asked.config.watches = watches;
    let asked = Rc::new(asked);
    let flags = Host::of(cx).state::<Launch>().test.borrow().clone();
    let session = Session::new(asked.config.clone(), is_command, None);
    let root = Test::root_with(&session, Some(asked.root.clone()), cx)?;
    root.started_ns.set(Some(now_ns(cx)));
    *session.sinks.borrow_mut() = sinks;
    if is_command {
        reporters::set_up(&session, &flags, cx)?;
    }
    let Some(list) = found(&asked, cx) else {
        crate::process::write_stderr(&format!("Could not find '{}'\n", asked.globs.join(", ")), cx);
        return Err(Host::of(cx).exit(1));
    };
    let recursive = asked.isolated && Host::of(cx).env("NODE_TEST_CONTEXT").is_some();
    if recursive {
        let message = "node:test run() is being called recursively within a test file. skipping running files.";
        let process = crate::process::object(cx)?;
        events::method(&process, "emitWarning", &[js_string!(message).into()], cx)?;
        return root.close(None, cx);
    }
    if is_command {
        interrupt::listen(&root, cx)?;
        session::warn_of_coverage(cx)?;
        if asked.isolated {
            die_of_strays(cx)?;
        } else {
            session.listen(&root, cx)?;
        }
    }
    let target: JsValue = target.map_or_else(JsValue::undefined, |target| target.clone().into());
    coroutine::spawn(cx, |co| async move {
        if let Some(setup) = asked.setup.clone() {
            let ready = co_run!(co, [target] | cx | setup.call(&JsValue::undefined(), &[target], cx))?;
            co.wait(ready).await?;
        }
        if let Some(path) = &asked.global_setup {
            match global_setup::set_up(&co, path).await {
                Ok(found) => *session.tear_down.borrow_mut() = found,
                Err(error) => {
                    co_run!(co, [] | cx | global_setup::give_up(error, cx))?;
                    return Ok(JsValue::undefined());
                }
            }
        }
        // Who waits for `run()` itself hears of the first file.
        for _ in 0..session::BOOTSTRAP_TICKS {
            co.wait(JsValue::undefined()).await?;
        }
        if watches {
            watch::run_again(&co, &root, &asked, list).await?;
        } else if asked.isolated {
            run_isolated(&co, &root, &list, &asked.common).await?;
        } else {
            run_here(&co, &root, &list, &asked.cwd).await?;
            if is_command {
                // What the tests have left behind may still say something: the end comes when nothing is left to do.
                return Ok(JsValue::undefined());
            }
        }
        let tear_down = session.tear_down.borrow_mut().take();
        global_setup::call(&co, tear_down).await?;
        co_run!(co, [root] | cx | root.close(None, cx))?;
        Ok(JsValue::undefined())
    })
    .map(drop)
}

/// The files of a run; nothing where plain names match none.
fn found(asked: &Asked, cx: &mut Context) -> Option<Vec<String>> {
    let list = match &asked.files {
        Some(list) => list.clone(),
        None => files::list(&asked.globs, &asked.cwd, cx)?,
    };
    Some(match asked.shard {
        Some((index, total)) => list.into_iter().enumerate().filter(|(at, _)| *at as u64 % total == index - 1).map(|(_, file)| file).collect(),
        None => list,
    })
}

/// The files of the next run: none where they are gone.
pub(super) fn listed(asked: &Asked, cx: &mut Context) -> Vec<String> {
    found(asked, cx).unwrap_or_default()
}

/// Runs each file in a process of its own.
pub(super) async fn run_isolated(co: &coroutine::Co, root: &Rc<Test>, list: &[String], common: &Common) -> JsResult<()> {
    root.session.building.set(false);
    let (list, common) = (list.to_vec(), common.clone());
    let all = co_run!(
        co,
        [root] | cx | {
            let mut running = Vec::with_capacity(list.len());
            for path in &list {
                running.push(file_test::start(&root, path, &common, cx)?);
            }
            JsPromise::all_settled(running, cx)
        }
    )?;
    co.wait(all).await.map(drop)
}

/// No test runs in this process: an error that nobody caught is a reporter's, and ends the run as one that a handler throws.
fn die_of_strays(cx: &mut Context) -> JsResult<()> {
    let process = crate::process::object(cx)?;
    let die = coil_engine::table::function(|_this, args, _cx| Err(boa_engine::JsError::from_opaque(args.first().cloned().unwrap_or_default())), js_string!(), 1, cx);
    events::on(&process, js_string!("uncaughtException"), die, cx)
}

/// Imports every file into this process, then runs what they registered.
async fn run_here(co: &coroutine::Co, root: &Rc<Test>, list: &[String], cwd: &str) -> JsResult<()> {
    root.session.gate(true);
    load_first(co, root).await?;
    for path in list {
        let before = root.subtests.borrow().len();
        let absolute = crate::path::absolute(cwd, path);
        let loaded = co_run!(
            co,
            [root, absolute] | cx | {
                let frame = Some(root.frame(cx));
                Host::of(cx).with_frame(frame, cx, |cx| super::load_module(&absolute, cx))
            }
        );
        let outcome = match loaded {
            Ok(promise) => co.wait(promise).await.map(drop),
            Err(error) => Err(error),
        };
        let error = match outcome {
            Err(error) if error.as_engine().is_some() => return Err(error),
            outcome => outcome.err(),
        };
        if root.subtests.borrow().len() == before || error.is_some() {
            let path = path.clone();
            co_run!(
                co,
                [root] | cx | {
                    let place = super::events::Place { line: 1, column: 1, file: absolute };
                    let options = Options { name: js_string!(path).into(), body: JsValue::undefined(), given: None, place: Some(place), keyword: None };
                    let test = root.create_subtest(Kind::Test, options, cx)?;
                    if let Some(error) = error {
                        let error = coil_engine::op::thrown_value(error, cx);
                        test.fail(error, cx)?;
                    }
                    super::session::start_when_built(&test, cx).map(drop)
                }
            )?;
        }
    }
    let gate = co_run!(co, [root] | cx | root.session.open_gate(cx));
    gate?;
    let subtests = root.subtests_done.borrow().as_ref().map(|(promise, _)| promise.clone());
    if let Some(subtests) = subtests {
        co.wait(subtests).await?;
    }
    // The root's own hooks.
    let last = root.once.borrow().clone();
    if let Some(last) = last {
        co.wait(last).await?;
    }
    Ok(())
}

/// What `--require` and `--import` name: its hooks are those of the root.
async fn load_first(co: &coroutine::Co, root: &Rc<Test>) -> JsResult<()> {
    let names = co_run!(
        co,
        [] | cx | {
            set_worker(cx)?;
            let flags = Host::of(cx).state::<Launch>().test.borrow().clone();
            Ok::<_, boa_engine::JsError>(flags.requires.into_iter().chain(flags.imports).collect::<Vec<_>>())
        }
    )?;
    for name in names {
        let loading = co_run!(
            co,
            [root] | cx | {
                let frame = Some(root.frame(cx));
                let relative = name.starts_with("./") || name.starts_with("../");
                let name = if relative { crate::path::absolute(&Host::of(cx).cwd(), &name) } else { name };
                Host::of(cx).with_frame(frame, cx, |cx| super::load_module(&name, cx))
            }
        )?;
        co.wait(loading).await?;
    }
    Ok(())
}

/// All files are run by one worker here: the first.
fn set_worker(cx: &mut Context) -> JsResult<()> {
    let env = crate::process::object(cx)?.get(js_string!("env"), cx)?.to_object(cx)?;
    env.set(js_string!("NODE_TEST_WORKER_ID"), js_string!("1"), false, cx).map(drop)
}
