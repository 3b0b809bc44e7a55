//! What `new Worker(filename, options)` was given.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, coil_sys::Sys, errors, launch::Launch, table::Symbol, validate};

use super::thread::Program;
use crate::{messaging::transfer_list, url};

pub(super) struct Options {
    pub(super) sys: Sys,
    pub(super) program: Program,
    pub(super) argv: Vec<String>,
    pub(super) exec_argv: Vec<String>,
    pub(super) name: String,
    pub(super) data: JsValue,
    pub(super) transfer: Vec<JsObject>,
    pub(super) stdin: bool,
    pub(super) stdout: bool,
    pub(super) stderr: bool,
    pub(super) limits: [f64; 4],
}

/// `worker_threads.SHARE_ENV`
pub(super) const SHARE_ENV: Symbol = Symbol::For("nodejs.worker_threads.SHARE_ENV");

pub(super) fn read(args: &[JsValue], cx: &mut Context) -> JsResult<Options> {
    let host = Host::of(cx);
    let given = match args.get(1).and_then(JsValue::as_object) {
        Some(options) => options,
        None => JsObject::with_null_proto(),
    };
    let mut option = |name: &str| given.get(js_string!(name), cx);
    let (exec_argv, argv, eval) = (option("execArgv")?, option("argv")?, option("eval")?);
    let (env, name) = (option("env")?, option("name")?);
    let (data, transfer) = (option("workerData")?, option("transferList")?);
    let (stdin, stdout, stderr) = (option("stdin")?.to_boolean(), option("stdout")?.to_boolean(), option("stderr")?.to_boolean());
    let limits = option("resourceLimits")?;
    let inherits = !exec_argv.to_boolean();
    let exec_argv = strings(&exec_argv, "options.execArgv", cx)?;
    let argv = strings(&argv, "options.argv", cx)?.unwrap_or_default();
    let program = program(args.get_or_undefined(0), &eval, cx)?;
    let shares = SHARE_ENV.to_js(cx);
    let shares = env.as_symbol().is_some_and(|symbol| symbol == shares);
    if !env.is_object() && !env.is_null_or_undefined() && !shares {
        return Err(errors::invalid_arg_type("options.env", "object|undefined|null|worker_threads.SHARE_ENV", &env, cx));
    }
    let name = if name.to_boolean() { validate::string(&name, "options.name", cx)?.to_std_string_lossy().trim().to_owned() } else { String::new() };
    let name = if name.is_empty() { "WorkerThread".to_owned() } else { name };
    let sys = host.sys().for_worker(shares);
    let launch = host.state::<Launch>();
    // What ends the options is none of them.
    let exec_argv = exec_argv.map(|flags| flags.into_iter().filter(|flag| flag != "--").collect::<Vec<_>>());
    let exec_argv = match exec_argv {
        Some(exec_argv) if !inherits => {
            if let Some(run) = host.state::<super::Runner>().0.get() {
                let refused = (run.refused)(&exec_argv, &launch);
                if !refused.is_empty() {
                    return Err(errors::worker_invalid_exec_argv(&refused, "invalid execArgv flags", cx));
                }
            }
            exec_argv
        }
        _ => launch.exec_argv.borrow().clone(),
    };
    if let Some(env) = env.as_object() {
        replace_env(&sys, &env, cx)?;
        let options = sys.env().get("NODE_OPTIONS").map(|options| options.to_string_lossy().into_owned());
        if let (Some(options), Some(run)) = (options.filter(|options| host.env("NODE_OPTIONS").as_ref() != Some(options)), host.state::<super::Runner>().0.get()) {
            let refused = (run.refused)(&options.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &launch);
            if !refused.is_empty() {
                return Err(errors::worker_invalid_exec_argv(&refused, "invalid NODE_OPTIONS env variable", cx));
            }
        }
    }
    let transfer = transfer_list(&transfer, cx)?;
    let limits = read_limits(&limits, cx)?;
    Ok(Options { sys, program, argv, exec_argv, name, data, transfer, stdin, stdout, stderr, limits })
}

/// An array of what is turned into strings; `None` for what is falsy.
fn strings(list: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<Vec<String>>> {
    if !list.to_boolean() {
        return Ok(None);
    }
    let Some(list) = list.as_object().filter(JsObject::is_array) else {
        return Err(errors::invalid_arg_type(name, "Array", list, cx));
    };
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut found = Vec::new();
    for index in 0..length {
        let value = list.get(index, cx)?;
        let text = match value.as_symbol() {
            Some(symbol) => symbol.descriptive_string(),
            None => value.to_string(cx)?,
        };
        found.push(text.to_std_string_lossy());
    }
    Ok(Some(found))
}

fn program(filename: &JsValue, eval: &JsValue, cx: &mut Context) -> JsResult<Program> {
    if eval.to_boolean() {
        return match filename.as_string() {
            Some(text) => Ok(Program::Text(text.to_std_string_lossy())),
            None => Err(errors::invalid_arg_value("options.eval", eval, "must be false when 'filename' is not a string", cx)),
        };
    }
    if let Some(object) = filename.as_object()
        && url::is_url(&object, cx)?
    {
        let href = object.get(js_string!("href"), cx)?.to_string(cx)?.to_std_string_lossy();
        if href.starts_with("data:") {
            return Ok(Program::Url(href));
        }
        return Ok(Program::File(url::file_url_to_path(&href, cx)?));
    }
    let Some(text) = filename.as_string() else {
        return Err(errors::invalid_arg_type("filename", "string|URL", filename, cx));
    };
    let path = text.to_std_string_lossy();
    if path.starts_with('/') {
        return Ok(Program::File(path));
    }
    if path.starts_with("./") || path.starts_with("../") || path.starts_with(".\\") || path.starts_with("..\\") {
        let cwd = Host::of(cx).cwd();
        return Ok(Program::File(String::from_utf8_lossy(&crate::path::posix::resolve(&[cwd.as_bytes(), path.as_bytes()])).into_owned()));
    }
    Err(errors::worker_path(&path, cx))
}

/// The variables of an object, in place of ours.
fn replace_env(sys: &Sys, env: &JsObject, cx: &mut Context) -> JsResult<()> {
    let keys = env.own_property_keys(cx)?;
    let mut variables = Vec::new();
    for key in keys {
        if matches!(key, boa_engine::property::PropertyKey::Symbol(_)) || env.own_property(&key, cx)?.is_none_or(|property| property.enumerable() != Some(true)) {
            continue;
        }
        let value = env.get(key.clone(), cx)?;
        if value.is_undefined() {
            continue;
        }
        let name = JsValue::from(&key).to_string(cx)?.to_std_string_lossy();
        variables.push((name, value.to_string(cx)?.to_std_string_lossy()));
    }
    for name in sys.env().names() {
        sys.env().delete(&name);
    }
    for (name, value) in variables {
        sys.env().set(name, value);
    }
    Ok(())
}

const LIMITS: [&str; 4] = ["maxYoungGenerationSizeMb", "maxOldGenerationSizeMb", "codeRangeSizeMb", "stackSizeMb"];
/// What Node says where nothing was asked for.
const LIMITS_DEFAULT: [f64; 4] = [-1.0, -1.0, -1.0, 4.0];
/// What a worker sees of the limits that nobody set: V8's own defaults.
const LIMITS_INSIDE: [f64; 4] = [192.0, 4096.0, 0.0, 4.0];

fn read_limits(given: &JsValue, cx: &mut Context) -> JsResult<[f64; 4]> {
    let mut limits = LIMITS_DEFAULT;
    if let Some(given) = given.as_object() {
        for (limit, name) in limits.iter_mut().zip(LIMITS) {
            if let Some(number) = given.get(js_string!(name), cx)?.as_number() {
                *limit = if name == "maxOldGenerationSizeMb" { number.max(2.0) } else { number };
            }
        }
    }
    Ok(limits)
}

/// What the heap may take of what was asked for, in bytes: both generations, as in V8.
pub(super) fn heap_limit(limits: &[f64; 4]) -> Option<u64> {
    let [young, old, ..] = *limits;
    (old > 0.0).then(|| ((old + young.max(0.0)) * f64::from(1 << 20)) as u64)
}

/// `worker.resourceLimits`
pub(super) fn limits_object(limits: &[f64; 4], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (limit, name) in limits.iter().zip(LIMITS) {
        object.create_data_property_or_throw(js_string!(name), *limit, cx)?;
    }
    Ok(object.into())
}

/// `resourceLimits` in the worker.
pub(super) fn limits_inside(limits: &[f64; 4], cx: &mut Context) -> JsResult<JsValue> {
    let mut known = *limits;
    for (known, default) in known.iter_mut().zip(LIMITS_INSIDE) {
        if *known < 0.0 {
            *known = default;
        }
    }
    limits_object(&known, cx)
}
