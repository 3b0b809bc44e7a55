//! Reading what the functions are given, in Node's order and with its messages.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use coil_engine::{Host, coil_sys::signals, errors, launch::Launch, validate};

/// A property of an options object.
pub fn get(object: &JsObject, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(name);
    object.get(PropertyKey::String(key), cx)
}

/// `object[name] = value`, for objects of ours.
pub fn put(object: &JsObject, name: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(name);
    object.create_data_property_or_throw(PropertyKey::String(key), value, cx).map(drop)
}

/// `{ __proto__: null, ...from }`
pub fn spread(from: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_null_proto();
    if let Some(from) = from {
        for (name, value) in crate::http::own_entries(from, cx)? {
            copy.create_data_property_or_throw(name, value, cx)?;
        }
    }
    Ok(copy)
}

/// An array of ours, as values.
pub fn elements(value: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    Ok(crate::http::elements(value, cx)?.unwrap_or_default())
}

/// No NUL: what the system is given ends there.
pub fn null_check(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<()> {
    match value.as_string() {
        Some(text) if text.iter().any(|unit| unit == 0) => Err(errors::invalid_arg_value(name, value, "must be a string without null bytes", cx)),
        _ => Ok(()),
    }
}

/// The same for each of a list.
pub fn all_null_check(values: &[JsValue], name: &str, cx: &mut Context) -> JsResult<()> {
    for (at, value) in values.iter().enumerate() {
        null_check(value, &format!("{name}[{at}]"), cx)?;
    }
    Ok(())
}

/// `normalizeSpawnArguments`: a copy of the script's options, with what the child needs: `file`, `args` (the first is what the child
/// takes for its own name), `cwd`, `envPairs`, `detached`.
pub fn spawn(file: &JsValue, args: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let mut file = validate::string(file, "file", cx)?;
    null_check(&file.clone().into(), "file", cx)?;
    if file.is_empty() {
        return Err(errors::invalid_arg_value("file", &file.into(), "cannot be empty", cx));
    }
    let mut options = options.clone();
    let mut list = match args.as_object() {
        Some(array) if array.is_array() => elements(args, cx)?,
        Some(_) => {
            options = args.clone();
            Vec::new()
        }
        None if args.is_null_or_undefined() => Vec::new(),
        None => return Err(errors::invalid_arg_type("args", "object", args, cx)),
    };
    all_null_check(&list, "args", cx)?;
    let given = if options.is_undefined() { None } else { Some(validate::object(&options, "options", cx)?) };
    let options = spread(given.as_ref(), cx)?;
    check_options(&options, cx)?;

    let shell = get(&options, "shell", cx)?;
    if shell.to_boolean() {
        null_check(&shell, "options.shell", cx)?;
        if !list.is_empty() {
            let message = "Passing args to a child process with shell option true can lead to security vulnerabilities, as the arguments are not escaped, only concatenated.";
            crate::process::emit_once("DEP0190", message, "DeprecationWarning", cx)?;
        }
        let command = joined(&file, &list, cx)?;
        file = shell.as_string().unwrap_or_else(|| js_string!(if cfg!(target_os = "android") { "/system/bin/sh" } else { "/bin/sh" }));
        list = vec![js_string!("-c").into(), command.into()];
    }
    let argv0 = get(&options, "argv0", cx)?;
    list.insert(0, if argv0.is_string() { argv0 } else { file.clone().into() });

    let pairs = env_pairs(&options, &list, cx)?;
    let array = JsArray::from_iter(list, cx);
    put(&options, "args", array, cx)?;
    for name in ["detached", "windowsHide", "windowsVerbatimArguments"] {
        let on = get(&options, name, cx)?.to_boolean();
        put(&options, name, on, cx)?;
    }
    put(&options, "envPairs", pairs, cx)?;
    put(&options, "file", file, cx)?;
    Ok(options)
}

fn check_options(options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let cwd = get(options, "cwd", cx)?;
    if !cwd.is_null_or_undefined() {
        let path = crate::fs::validated_path(&cwd, "options.cwd", cx)?;
        put(options, "cwd", js_string!(path.to_string_lossy().as_ref()), cx)?;
    }
    let mut optional = |name: &'static str, shown: &str, check: fn(&JsValue, &str, &mut Context) -> JsResult<()>| -> JsResult<()> {
        let value = get(options, name, cx)?;
        if value.is_null_or_undefined() { Ok(()) } else { check(&value, shown, cx) }
    };
    optional("detached", "options.detached", |value, name, cx| validate::boolean(value, name, cx).map(drop))?;
    optional("uid", "options.uid", |value, name, cx| validate::int32(value, name, i32::MIN, i32::MAX, cx).map(drop))?;
    optional("gid", "options.gid", |value, name, cx| validate::int32(value, name, i32::MIN, i32::MAX, cx).map(drop))?;
    optional("shell", "options.shell", |value, name, cx| if value.is_boolean() || value.is_string() { Ok(()) } else { Err(errors::invalid_arg_type(name, "boolean|string", value, cx)) })?;
    optional("argv0", "options.argv0", |value, name, cx| {
        validate::string(value, name, cx)?;
        null_check(value, name, cx)
    })?;
    optional("windowsHide", "options.windowsHide", |value, name, cx| validate::boolean(value, name, cx).map(drop))?;
    optional("windowsVerbatimArguments", "options.windowsVerbatimArguments", |value, name, cx| validate::boolean(value, name, cx).map(drop))
}

/// `file` and `args` with blanks between.
pub fn joined(file: &JsString, args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    let mut all = vec![file.clone()];
    for arg in args {
        all.push(js_string!(" "));
        // As Array.prototype.join has it.
        all.push(if arg.is_null_or_undefined() { js_string!() } else { arg.to_string(cx)? });
    }
    Ok(all.iter().fold(js_string!(), |text, part| js_string!(&text, part)))
}

/// `KEY=value` for each variable of the child, those of `env`'s prototypes too.
fn env_pairs(options: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsArray> {
    let given = get(options, "env", cx)?;
    let env = match given.as_object() {
        Some(env) if given.to_boolean() => env,
        _ => {
            let process = crate::process::object(cx)?;
            get(&process, "env", cx)?.to_object(cx)?
        }
    };
    let mut pairs: Vec<JsValue> = Vec::new();
    let permission = permission_options(&env, args, cx)?;
    let mut seen: Vec<PropertyKey> = Vec::new();
    let mut next = Some(env.clone());
    while let Some(object) = next {
        for key in object.own_property_keys(cx)? {
            if matches!(key, PropertyKey::Symbol(_)) {
                continue;
            }
            let Some(own) = object.own_property(&key, cx)? else { continue };
            if object_is_shadowed(&env, &object, &key, &seen) {
                continue;
            }
            if !JsObject::equals(&env, &object) {
                seen.push(key.clone());
            }
            if own.enumerable() != Some(true) {
                continue;
            }
            let value = env.get(key.clone(), cx)?;
            let name = JsValue::from(key).to_string(cx)?;
            if value.is_undefined() || (permission.is_some() && name == js_string!("NODE_OPTIONS")) {
                continue;
            }
            let shown = format!("options.env['{}']", name.to_std_string_lossy());
            null_check(&name.clone().into(), &shown, cx)?;
            null_check(&value, &shown, cx)?;
            let value = value.to_string(cx)?;
            pairs.push(js_string!(&name, &js_string!("="), &value).into());
        }
        next = object.prototype();
    }
    if let Some(options) = permission {
        pairs.push(js_string!(format!("NODE_OPTIONS={options}")).into());
    }
    Ok(JsArray::from_iter(pairs, cx))
}

/// A name that an object nearer to `env` has counts once.
fn object_is_shadowed(env: &JsObject, object: &JsObject, key: &PropertyKey, seen: &[PropertyKey]) -> bool {
    !JsObject::equals(env, object) && (seen.contains(key) || env.borrow().properties().contains_key(key))
}

/// Confinement goes on in children: NODE_OPTIONS with this process's permission flags, unless the child has some of its own.
fn permission_options(env: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<Option<String>> {
    let host = Host::of(cx);
    if !host.sys().policy().enabled {
        return Ok(None);
    }
    let own = args.iter().any(|arg| arg.as_string().is_some_and(|arg| arg == js_string!("--permission")));
    let before = env.get(js_string!("NODE_OPTIONS"), cx)?;
    let before = if before.to_boolean() { before.to_string(cx)?.to_std_string_lossy() } else { String::new() };
    if own || before.contains("--permission") {
        return Ok(None);
    }
    let launch = host.state::<Launch>();
    let flags = launch.exec_argv.borrow();
    let kept = flags.iter().filter(|arg| PERMISSION_FLAGS.iter().any(|flag| arg.starts_with(flag)));
    let all: Vec<&str> = Some(before.as_str()).filter(|before| !before.is_empty()).into_iter().chain(kept.map(String::as_str)).collect();
    Ok(Some(all.join(" ")))
}

const PERMISSION_FLAGS: &[&str] =
    &["--permission", "--allow-fs-read", "--allow-fs-write", "--allow-addons", "--allow-child-process", "--allow-net", "--allow-inspector", "--allow-wasi", "--allow-worker"];

/// `validateTimeout`: milliseconds, 0 for none.
pub fn timeout(options: &JsObject, cx: &mut Context) -> JsResult<u64> {
    let value = get(options, "timeout", cx)?;
    if value.is_null_or_undefined() {
        return Ok(0);
    }
    Ok(validate::integer(&value, "timeout", 0.0, MAX_SAFE_INTEGER, cx)? as u64)
}

const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// `validateMaxBuffer`: bytes.
pub fn max_buffer(options: &JsObject, cx: &mut Context) -> JsResult<f64> {
    let value = get(options, "maxBuffer", cx)?;
    if value.is_null_or_undefined() {
        return Ok(f64::INFINITY);
    }
    validate::number_within(&value, "options.maxBuffer", Some(0.0), None, cx)
}

/// `sanitizeKillSignal`: none where the option is not given.
pub fn kill_signal(options: &JsObject, cx: &mut Context) -> JsResult<Option<i32>> {
    let value = get(options, "killSignal", cx)?;
    if value.is_string() || value.is_number() {
        return valid_signal(&value, cx).map(Some);
    }
    if value.is_null_or_undefined() { Ok(None) } else { Err(errors::invalid_arg_type("options.killSignal", "string|number", &value, cx)) }
}

/// `convertToValidSignal`: by name in any case, or a number that has a name.
pub fn valid_signal(value: &JsValue, cx: &mut Context) -> JsResult<i32> {
    if let Some(number) = value.as_number() {
        let found = signals::SIGNALS.iter().find(|(_, known)| f64::from(*known) == number);
        if let Some((_, number)) = found {
            return Ok(*number);
        }
    }
    if let Some(name) = value.as_string() {
        let name = name.to_std_string_lossy().to_uppercase();
        if let Some(number) = signals::number_of(&name) {
            return Ok(number);
        }
    }
    let shown = match value.as_string() {
        Some(name) => name.to_std_string_lossy(),
        None => value.to_string(cx)?.to_std_string_lossy(),
    };
    Err(errors::unknown_signal(&shown, cx))
}

/// `normalizeExecFileArgs`
pub struct ExecFile {
    pub file: JsValue,
    pub args: Vec<JsValue>,
    /// The script's own; none where there are none.
    pub options: Option<JsObject>,
    pub callback: JsValue,
}

pub fn exec_file(args: &[JsValue], cx: &mut Context) -> JsResult<ExecFile> {
    let nth = |at: usize| args.get(at).cloned().unwrap_or_default();
    let (file, given, mut options, mut callback) = (nth(0), nth(1), nth(2), nth(3));
    let mut list = Vec::new();
    let given_args = given.clone();
    if given.is_callable() {
        (callback, options) = (given, JsValue::undefined());
    } else if given.as_object().is_some_and(|object| object.is_array()) {
        list = elements(&given, cx)?;
    } else if given.is_object() {
        (callback, options) = (options, given);
    }
    if options.is_callable() {
        (callback, options) = (options, JsValue::undefined());
    }
    let options = if options.is_null_or_undefined() { None } else { Some(validate::object(&options, "options", cx)?) };
    if !callback.is_null_or_undefined() {
        validate::function(&callback, "callback", cx)?;
    }
    if let Some(options) = &options {
        let argv0 = get(options, "argv0", cx)?;
        if !argv0.is_null_or_undefined() {
            validate::string(&argv0, "options.argv0", cx)?;
            null_check(&argv0, "options.argv0", cx)?;
        }
    }
    if !given_args.is_null_or_undefined() && !given_args.is_object() {
        return Err(errors::invalid_arg_type("args", "object", &given_args, cx));
    }
    Ok(ExecFile { file, args: list, options, callback })
}

/// `normalizeExecArgs`: the options have a `shell`.
pub fn exec(command: &JsValue, options: &JsValue, callback: &JsValue, cx: &mut Context) -> JsResult<(JsValue, JsObject, JsValue)> {
    validate::string(command, "command", cx)?;
    null_check(command, "command", cx)?;
    let (options, callback) = if options.is_callable() { (JsValue::undefined(), options.clone()) } else { (options.clone(), callback.clone()) };
    let options = spread(options.as_object().as_ref(), cx)?;
    let shell = get(&options, "shell", cx)?;
    if !shell.is_string() {
        put(&options, "shell", true, cx)?;
    }
    Ok((command.clone(), options, callback))
}
