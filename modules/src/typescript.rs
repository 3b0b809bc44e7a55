//! Types stripped from what is loaded and from what a script gives: `module.stripTypeScriptTypes`.
//!
//! Implements <https://nodejs.org/api/typescript.html>. The work is done in `coil-typescript`; here are Node's errors and what the flags say.
//!
//! Differs from Node: messages of syntax errors are those of another parser; `mode: 'transform'` leaves everything on its line.

use boa_engine::{Context, JsArgs, JsError, JsResult, JsValue, Script, js_string, limits, property::PropertyDescriptor};
use coil_engine::{
    Host,
    errors::{self, Base},
    launch::{Launch, TypeScript},
    source, validate,
};
use coil_typescript::{StripError, StripErrorKind};

use crate::{formats, urls::base64_of, warnings};

/// Whether files and texts may be TypeScript.
pub(crate) fn is_on(cx: &Context) -> bool {
    Host::of(cx).state::<Launch>().type_script.get() != TypeScript::Off
}

/// Whether a format is one of TypeScript, and what it is without types: `module`, `commonjs`, or nothing where the syntax decides.
pub(crate) fn without_types(format: &str) -> Option<Option<&'static str>> {
    match format {
        "module-typescript" => Some(Some("module")),
        "commonjs-typescript" => Some(Some("commonjs")),
        "typescript" => Some(None),
        _ => None,
    }
}

/// The JavaScript of a file's text. `path` is its path or its URL: errors name it so.
///
/// # Errors
///
/// ERR_INVALID_TYPESCRIPT_SYNTAX, ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX, and ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING.
pub(crate) fn strip_module(text: &str, path: &str, cx: &mut Context) -> JsResult<String> {
    if path.split(['/', '\\']).any(|part| part == "node_modules") {
        let message = format!("Stripping types is currently unsupported for files under node_modules, for \"{path}\"");
        return Err(errors::coded(Base::Error, "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING", message, cx));
    }
    let transforms = Host::of(cx).state::<Launch>().type_script.get() == TypeScript::Transform;
    if transforms {
        warnings::experimental_once("Transform Types is an experimental feature and might change at any time", cx)?;
    }
    refuse_jitless(cx)?;
    charge(text)?;
    let made = if transforms { coil_typescript::transform(text, path).map(|made| made.code) } else { coil_typescript::strip(text) };
    made.map_err(|error| failure(&error, path, cx))
}

/// ERR_WEBASSEMBLY_NOT_SUPPORTED under `--jitless`, where Node's parser cannot run: who asks for that gets the same answer here.
fn refuse_jitless(cx: &mut Context) -> JsResult<()> {
    if !Host::of(cx).state::<Launch>().jitless.get() {
        return Ok(());
    }
    Err(errors::coded(Base::Error, "ERR_WEBASSEMBLY_NOT_SUPPORTED", "WebAssembly is not supported in this environment, but is required for TypeScript", cx))
}

/// Holds a parse against the limits before it begins, for nothing stops it in between.
fn charge(text: &str) -> JsResult<()> {
    let bytes = text.len() as u64;
    limits::charge_ns(bytes * PARSE_NS_PER_BYTE)?;
    limits::reserve(bytes * TREE_BYTES_PER_BYTE)
}

/// What a byte of a source costs, measured on dense code.
const PARSE_NS_PER_BYTE: u64 = 50;

/// What a byte of a source takes as tokens and as a tree, measured on dense code.
const TREE_BYTES_PER_BYTE: u64 = 40;

/// Node's error, the place and the lines in its stack.
fn failure(error: &StripError, path: &str, cx: &mut Context) -> JsError {
    let code = match error.kind {
        StripErrorKind::InvalidSyntax => "ERR_INVALID_TYPESCRIPT_SYNTAX",
        StripErrorKind::UnsupportedSyntax => "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
    };
    let made = errors::coded(Base::Syntax, code, &error.message, cx);
    with_stack(made, |stack| format!("{path}:{}\n{}\n{stack}", error.line, error.snippet), cx)
}

/// An error whose stack is what `change` makes of it.
fn with_stack(error: JsError, change: impl FnOnce(String) -> String, cx: &mut Context) -> JsError {
    let value = match error.into_opaque(cx) {
        Ok(value) => value,
        Err(limit) => return limit,
    };
    let Some(object) = value.as_object() else { return JsError::from_opaque(value) };
    let put = |cx: &mut Context| -> JsResult<()> {
        let Some(stack) = object.get(js_string!("stack"), cx)?.as_string() else { return Ok(()) };
        let stack = change(stack.to_std_string_lossy());
        let descriptor = PropertyDescriptor::builder().value(js_string!(stack)).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("stack"), descriptor, cx).map(drop)
    };
    match put(cx) {
        Ok(()) => JsError::from_opaque(value),
        Err(limit) => limit,
    }
}

/// `module.stripTypeScriptTypes(code[, { mode, sourceMap, sourceUrl }])`
pub(crate) fn strip_type_script_types(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    warnings::experimental_once("stripTypeScriptTypes is an experimental feature and might change at any time", cx)?;
    let code = validate::string(args.get_or_undefined(0), "code", cx)?.to_std_string_lossy();
    let options = Options::of(args.get_or_undefined(1), cx)?;
    refuse_jitless(cx)?;
    charge(&code)?;
    if !options.transforms {
        let made = coil_typescript::strip(&code).map_err(|error| failure(&error, &options.source_url, cx))?;
        return Ok(js_string!(with_source_url(made, &options.source_url)).into());
    }
    let made = coil_typescript::transform(&code, &options.source_url).map_err(|error| failure(&error, &options.source_url, cx))?;
    let text = if options.source_map { with_source_map(made.code, &made.map) } else { with_source_url(made.code, &options.source_url) };
    Ok(js_string!(text).into())
}

fn with_source_url(code: String, source_url: &str) -> String {
    if source_url.is_empty() { code } else { format!("{code}\n\n//# sourceURL={source_url}") }
}

fn with_source_map(code: String, map: &str) -> String {
    format!("{code}\n\n//# sourceMappingURL=data:application/json;base64,{}", base64_of(map.as_bytes()))
}

/// The options of `stripTypeScriptTypes`.
#[derive(Debug, Default)]
struct Options {
    transforms: bool,
    source_map: bool,
    source_url: String,
}

impl Options {
    fn of(given: &JsValue, cx: &mut Context) -> JsResult<Self> {
        if given.is_undefined() {
            return Ok(Self::default());
        }
        let given = validate::object(given, "options", cx)?;
        let source_map = given.get(js_string!("sourceMap"), cx)?;
        let source_url = given.get(js_string!("sourceUrl"), cx)?;
        let mode = given.get(js_string!("mode"), cx)?;
        let is_mode = |name: &str| mode.as_string().is_some_and(|mode| mode == name);
        let transforms = is_mode("transform");
        if !transforms && !mode.is_undefined() && !is_mode("strip") {
            return Err(errors::invalid_arg_value("options.mode", &mode, "must be one of: 'strip', 'transform'", cx));
        }
        let with_map = if source_map.is_undefined() { false } else { validate::boolean(&source_map, "options.sourceMap", cx)? };
        let source_url = if source_url.is_undefined() { String::new() } else { validate::string(&source_url, "options.sourceUrl", cx)?.to_std_string_lossy() };
        if with_map && !transforms {
            return Err(errors::invalid_arg_value("options.sourceMap", &source_map, "must be one of: false, undefined", cx));
        }
        Ok(Self { transforms, source_map: with_map, source_url })
    }
}

/// A text given on the command line or to a worker, ready to run.
pub enum Text {
    Script(Script),
    /// An ES module's text.
    Module(String),
}

impl Text {
    /// Reads a text. `input_type` is the value of `--input-type`.
    ///
    /// # Errors
    ///
    /// The error of the text as JavaScript, with what TypeScript says of it in its stack; what [`strip_module`] gives where the type is given.
    pub fn of(text: &str, name: &str, input_type: Option<&str>, cx: &mut Context) -> JsResult<Self> {
        let is_on = is_on(cx);
        match input_type {
            Some("module") => Ok(Self::Module(text.to_owned())),
            Some("module-typescript") if is_on => strip_module(text, EVAL, cx).map(Self::Module),
            Some("commonjs-typescript") if is_on => {
                let stripped = strip_module(text, EVAL, cx)?;
                compile(&stripped, name, cx).map(Self::Script)
            }
            Some("commonjs") => compile(text, name, cx).map(Self::Script),
            Some(_) => Self::by_syntax(text, name, false, cx),
            None => Self::by_syntax(text, name, is_on, cx),
        }
    }

    fn by_syntax(text: &str, name: &str, is_type_script: bool, cx: &mut Context) -> JsResult<Self> {
        let error = match compile(text, name, cx) {
            Ok(script) => return Ok(Self::Script(script)),
            Err(error) => error,
        };
        if formats::is_module_syntax(text, EVAL_PATH, &error, cx) {
            return Ok(Self::Module(text.to_owned()));
        }
        if !is_type_script {
            return Err(error);
        }
        charge(text)?;
        let stripped = match coil_typescript::strip(text) {
            Ok(stripped) => stripped,
            Err(refused) => {
                let error = errors::excerpt_in_stack(error, cx);
                return Err(with_stack(error, |stack| with_message(&stack, &refused.message), cx));
            }
        };
        match compile(&stripped, name, cx) {
            Ok(script) => Ok(Self::Script(script)),
            Err(error) if formats::is_module_syntax(&stripped, EVAL_PATH, &error, cx) => Ok(Self::Module(stripped)),
            Err(error) => Err(error),
        }
    }
}

fn compile(text: &str, name: &str, cx: &mut Context) -> JsResult<Script> {
    source::script(text, std::path::Path::new(name), None, cx)
}

/// A stack with a line more behind its third: the place, the line and the carets stay together.
fn with_message(stack: &str, message: &str) -> String {
    match stack.match_indices('\n').nth(2) {
        Some((at, _)) => format!("{}\n{message}{}", &stack[..at], &stack[at..]),
        None => format!("{stack}\n{message}"),
    }
}

/// How errors of stripping name a text that is no file.
const EVAL: &str = "[eval]";

const EVAL_PATH: &str = "/[eval1]";
