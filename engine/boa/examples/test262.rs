//! Runs files of Test262 on the bare engine: paths come on standard input, one a line; each gives one line on standard output, `pass`,
//! `skip` or `fail`, the path, and why. `conformance test262` feeds it, and starts it again where a test takes it down.
//!
//! `cargo run -p coil-boa --example test262 -- /path/to/test262 < list`

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{BufRead, Write},
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsValue, Module, NativeFunction, Script, Source,
    builtins::promise::PromiseState,
    context::ContextBuilder,
    js_string,
    module::SimpleModuleLoader,
    object::{
        ObjectInitializer,
        builtins::JsArrayBuffer,
    },
    property::Attribute,
};

fn main() {
    let root: PathBuf = std::env::args().nth(1).unwrap_or_else(|| "test262".to_owned()).into();
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(move || serve(&root));
    if let Ok(thread) = thread {
        drop(thread.join());
    }
}

fn serve(root: &Path) {
    let mut harness = Harness { root: root.to_owned(), files: HashMap::new() };
    for path in std::io::stdin().lock().lines().map_while(Result::ok) {
        let outcome = harness.run(Path::new(&path));
        let (word, why) = match outcome {
            Outcome::Pass => ("pass", String::new()),
            Outcome::Skip(why) => ("skip", why),
            Outcome::Fail(why) => ("fail", why),
        };
        println!("{word}\t{path}\t{}", why.replace(['\n', '\t'], " "));
        drop(std::io::stdout().flush());
    }
}

enum Outcome {
    Pass,
    Skip(String),
    Fail(String),
}

/// The front matter of a test.
#[derive(Default)]
struct Meta {
    includes: Vec<String>,
    flags: Vec<String>,
    features: Vec<String>,
    /// Phase and type.
    negative: Option<(String, String)>,
}

impl Meta {
    fn of(text: &str) -> Self {
        let mut meta = Self::default();
        let front = text.split_once("/*---").and_then(|(_, rest)| rest.split_once("---*/")).map_or("", |(front, _)| front);
        let mut section = "";
        let (mut phase, mut kind) = (None, None);
        // One test's lines end in carriage returns.
        for line in front.split(['\n', '\r']) {
            let trimmed = line.trim();
            let is_key = !line.starts_with([' ', '\t']) && trimmed.contains(':');
            if is_key {
                section = trimmed.split(':').next().unwrap_or_default();
            }
            let value = if is_key { trimmed.split_once(':').map_or("", |(_, value)| value.trim()) } else { trimmed };
            let words = || value.trim_start_matches("- ").trim_matches(['[', ']']).split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
            match section {
                "includes" => meta.includes.extend(words()),
                "flags" => meta.flags.extend(words()),
                "features" => meta.features.extend(words()),
                "negative" => match trimmed.split_once(':') {
                    Some(("phase", value)) => phase = Some(value.trim().to_owned()),
                    Some(("type", value)) => kind = Some(value.trim().to_owned()),
                    _ => {}
                },
                _ => {}
            }
        }
        meta.negative = phase.zip(kind);
        meta
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }
}

struct Harness {
    root: PathBuf,
    files: HashMap<String, Rc<str>>,
}

impl Harness {
    fn run(&mut self, path: &Path) -> Outcome {
        let Ok(bytes) = std::fs::read(path) else { return Outcome::Fail("cannot be read".to_owned()) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let meta = Meta::of(&text);
        if let Some(feature) = meta.features.iter().find(|feature| LEFT_OUT.contains(&feature.as_str())) {
            return Outcome::Skip(feature.clone());
        }
        if text.contains("$262.agent") {
            return Outcome::Skip("agents".to_owned());
        }
        let modes: &[Mode] = if meta.has("module") {
            &[Mode::Module]
        } else if meta.has("raw") || meta.has("noStrict") {
            &[Mode::Sloppy]
        } else if meta.has("onlyStrict") {
            &[Mode::Strict]
        } else {
            &[Mode::Sloppy, Mode::Strict]
        };
        for mode in modes {
            if let Err(why) = self.once(path, &text, &meta, *mode) {
                return Outcome::Fail(format!("{mode:?}: {why}"));
            }
        }
        Outcome::Pass
    }

    fn file(&mut self, name: &str) -> Result<Rc<str>, String> {
        if let Some(known) = self.files.get(name) {
            return Ok(known.clone());
        }
        let text = std::fs::read_to_string(self.root.join("harness").join(name)).map_err(|error| format!("harness/{name}: {error}"))?;
        Ok(self.files.entry(name.to_owned()).or_insert_with(|| text.into()).clone())
    }

    fn once(&mut self, path: &Path, text: &str, meta: &Meta, mode: Mode) -> Result<(), String> {
        let folder = path.parent().unwrap_or(&self.root);
        let loader = Rc::new(SimpleModuleLoader::new(folder).map_err(|error| error.to_string())?);
        let can_block = !meta.has("CanBlockIsFalse");
        let mut cx = ContextBuilder::new().module_loader(loader.clone()).can_block(can_block).build().map_err(|error| error.to_string())?;
        cx.runtime_limits_mut().set_recursion_limit(10_800);
        cx.runtime_limits_mut().set_stack_size_limit(4_000_000);
        cx.runtime_limits_mut().set_loop_iteration_limit(200_000_000);
        PRINTED.with(|printed| printed.borrow_mut().clear());
        let shown = |error: &JsError, cx: &mut Context| text_of(error, cx);
        furnish(&mut cx).map_err(|error| shown(&error, &mut cx))?;
        if !meta.has("raw") {
            let mut names = vec!["assert.js".to_owned(), "sta.js".to_owned()];
            if meta.has("async") {
                names.push("doneprintHandle.js".to_owned());
            }
            names.extend(meta.includes.iter().cloned());
            for name in names {
                let file = self.file(&name)?;
                cx.eval(Source::from_bytes(file.as_bytes())).map_err(|error| format!("harness/{name}: {}", shown(&error, &mut cx)))?;
            }
        }
        let outcome = evaluate(path, text, mode, &loader, &mut cx);
        match (outcome, &meta.negative) {
            (Err((phase, error)), Some((expected, kind))) => {
                let name = error_name(&error, &mut cx);
                let same_phase = expected == phase || (expected == "early" && phase == "parse");
                if name == *kind && same_phase { Ok(()) } else { Err(format!("{kind} at {expected} expected, {name} at {phase}")) }
            }
            (Ok(()), Some((phase, kind))) => Err(format!("{kind} at {phase} expected")),
            (Err((_, error)), None) => Err(shown(&error, &mut cx)),
            (Ok(()), None) if meta.has("async") => {
                let printed = PRINTED.with(|printed| printed.borrow().clone());
                match printed.iter().find(|line| line.starts_with("Test262:")) {
                    Some(line) if line == "Test262:AsyncTestComplete" => Ok(()),
                    Some(line) => Err(line.clone()),
                    None => Err("the asynchronous test did not end".to_owned()),
                }
            }
            (Ok(()), None) => Ok(()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Sloppy,
    Strict,
    Module,
}

fn evaluate(path: &Path, text: &str, mode: Mode, loader: &SimpleModuleLoader, cx: &mut Context) -> Result<(), (&'static str, JsError)> {
    if mode == Mode::Module {
        let module = Module::parse(Source::from_bytes(text).with_path(path), None, cx).map_err(|error| ("parse", error))?;
        // A test that imports itself gets this very module.
        if let Ok(path) = path.canonicalize() {
            loader.insert(path, module.clone());
        }
        let promise = module.load_link_evaluate(cx);
        cx.run_jobs().map_err(|error| ("runtime", error))?;
        return match promise.state() {
            PromiseState::Rejected(reason) => {
                let error = JsError::from_opaque(reason);
                let phase = if error_name(&error, cx) == "SyntaxError" { "resolution" } else { "runtime" };
                Err((phase, error))
            }
            PromiseState::Fulfilled(_) => Ok(()),
            PromiseState::Pending => Err(("runtime", JsNativeError::error().with_message("the module did not end").into())),
        };
    }
    let strict;
    let source = if mode == Mode::Strict {
        strict = format!("\"use strict\";\n{text}");
        strict.as_str()
    } else {
        text
    };
    let script = Script::parse(Source::from_bytes(source).with_path(path), None, cx).map_err(|error| ("parse", error))?;
    script.codeblock(cx).map_err(|error| ("parse", error))?;
    script.evaluate(cx).map_err(|error| ("runtime", error))?;
    cx.run_jobs().map_err(|error| ("runtime", error))
}

fn error_name(error: &JsError, cx: &mut Context) -> String {
    let value = error.clone().into_opaque(cx).ok();
    let constructor = value.and_then(|value| value.as_object()).and_then(|object| object.get(js_string!("constructor"), cx).ok());
    let name = constructor.and_then(|constructor| constructor.as_object()).and_then(|constructor| constructor.get(js_string!("name"), cx).ok());
    name.and_then(|name| name.as_string()).map_or_else(|| error.to_string(), |name| name.to_std_string_lossy())
}

fn text_of(error: &JsError, cx: &mut Context) -> String {
    match error.clone().into_opaque(cx) {
        Ok(value) => value.to_string(cx).map_or_else(|_| "an error without a text".to_owned(), |text| text.to_std_string_lossy()),
        Err(error) => error.to_string(),
    }
}

thread_local! {
    static PRINTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn print(_: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let line = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    PRINTED.with(|printed| printed.borrow_mut().push(line));
    Ok(JsValue::undefined())
}

/// `print` and `$262`.
fn furnish(cx: &mut Context) -> JsResult<JsObject> {
    cx.register_global_callable(js_string!("print"), 1, NativeFunction::from_fn_ptr(print))?;
    let global = cx.global_object();
    let host = ObjectInitializer::new(cx)
        .function(NativeFunction::from_fn_ptr(create_realm), js_string!("createRealm"), 0)
        .function(NativeFunction::from_fn_ptr(detach), js_string!("detachArrayBuffer"), 1)
        .function(NativeFunction::from_fn_ptr(eval_script), js_string!("evalScript"), 1)
        .function(NativeFunction::from_fn_ptr(collect), js_string!("gc"), 0)
        .property(js_string!("global"), global, Attribute::all())
        .build();
    cx.register_global_property(js_string!("$262"), host.clone(), Attribute::all())?;
    Ok(host)
}

fn create_realm(_: &JsValue, _: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let realm = cx.create_realm()?;
    let before = cx.enter_realm(realm);
    let host = furnish(cx);
    cx.enter_realm(before);
    Ok(host?.into())
}

fn detach(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let object = args.get_or_undefined(0).as_object().ok_or_else(|| JsNativeError::typ().with_message("not a buffer"))?;
    JsArrayBuffer::from_object(object)?.detach(&args.get_or_undefined(1).clone())?;
    Ok(JsValue::null())
}

fn eval_script(_: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?.to_vec();
    Script::parse(Source::from_utf16(&text), None, cx)?.evaluate(cx)
}

fn collect(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    boa_gc::force_collect();
    Ok(JsValue::undefined())
}

/// Proposals that are in no engine coil follows, and what the host does not have.
const LEFT_OUT: &[&str] = &[
    "IsHTMLDDA", "ShadowRealm", "decorators", "source-phase-imports", "source-phase-imports-module-source", "import-defer", "Intl.DurationFormat", "tail-call-optimization", "joint-iteration",
    "iterator-chunking", "iterator-includes", "Iterator.prototype.join",
    "import-bytes", "import-text", "nonextensible-applies-to-private", "immutable-arraybuffer", "iterator-sequencing-zip",
];
