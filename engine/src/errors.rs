//! Node's errors: one alphabetical table of codes, one function per code with Node's exact message.
//!
//! Argument and state errors are made by the functions named after their code. System errors come from a [`SysError`], which names
//! its syscall: `ENOENT: no such file or directory, open '/nope'` with `errno`, `code`, `syscall`, `path`, `dest` in that order.

use boa_engine::{Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant, js_string, property::PropertyDescriptor, stack::Location};
use coil_sys::SysError;

use crate::{
    Host,
    class::{Class, Kind, Parent},
    table::{Export, define_all},
};

/// Which constructor an error is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// Error
    Error,
    /// TypeError
    Type,
    /// RangeError
    Range,
    /// SyntaxError
    Syntax,
    /// URIError
    Uri,
}

/// An error with a `code`, as all of Node's own are: prints as `TypeError [CODE]: message`.
pub fn coded(base: Base, code: &'static str, message: impl AsRef<str>, cx: &mut Context) -> JsError {
    coded_object(base, code, message.as_ref(), cx).map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// The object behind [`coded`], for adding properties.
pub fn coded_object(base: Base, code: &'static str, message: &str, cx: &mut Context) -> JsResult<JsObject> {
    let object = base.native().with_message(message.to_owned()).into_opaque(cx);
    object.set_prototype(Some(coded_prototype(base, cx)?));
    let code_text = Host::of(cx).intern(code);
    object.create_data_property_or_throw(js_string!("code"), code_text, cx)?;
    head_stack(&object, &format!("{} [{code}]", base.name()), message, cx)?;
    Ok(object)
}

/// Gives an error an own `name`, in its stack too: a warning, an `UnhandledPromiseRejection`.
pub fn rename(object: &JsObject, name: &str, message: &str, cx: &mut Context) -> JsResult<()> {
    let hidden = PropertyDescriptor::builder().value(js_string!(name)).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("name"), hidden, cx)?;
    head_stack(object, name, message, cx)
}

/// `file:line`, the source line and carets below it, each on a line of its own; none for a source without a name.
pub fn excerpt(place: &Location) -> Option<String> {
    let mut shown = format!("{}:{}\n", place.file.as_ref()?, place.line);
    if let Some(line) = &place.source_line {
        let before: String = line.chars().take(place.column.saturating_sub(1) as usize).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let carets = "^".repeat(place.length as usize);
        shown += &format!("{line}\n{before}{carets}\n");
    }
    Some(shown)
}

/// Puts the excerpt before the stack of an error of a source that did not compile, as Node's loader does.
pub fn excerpt_in_stack(error: JsError, cx: &mut Context) -> JsError {
    match error.syntax_location() {
        Some(place) => place_in_stack(error, &place, cx),
        None => error,
    }
}

/// Puts the excerpt of a place before the stack of an error, unless one is there.
pub fn place_in_stack(error: JsError, place: &Location, cx: &mut Context) -> JsError {
    let Some(excerpt) = excerpt(place) else { return error };
    let value = match error.into_opaque(cx) {
        Ok(value) => value,
        Err(limit) => return limit,
    };
    let Some(object) = value.as_object() else { return JsError::from_opaque(value) };
    let put = |cx: &mut Context| -> JsResult<()> {
        let stack = object.get(js_string!("stack"), cx)?;
        let Some(stack) = stack.as_string() else { return Ok(()) };
        if stack.to_std_string_lossy().starts_with(excerpt.lines().next().unwrap_or_default()) {
            return Ok(());
        }
        let stack = js_string!(&js_string!(format!("{excerpt}\n")), &stack);
        let descriptor = PropertyDescriptor::builder().value(stack).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("stack"), descriptor, cx).map(drop)
    };
    match put(cx) {
        Ok(()) => JsError::from_opaque(value),
        Err(error) => error,
    }
}

/// Puts `Name: message` at the head of the object's stack, where the frames stay.
pub fn head_stack(object: &JsObject, name: &str, message: &str, cx: &mut Context) -> JsResult<()> {
    let stack = object.get(js_string!("stack"), cx)?;
    let Some(stack) = stack.as_string() else { return Ok(()) };
    let stack = stack.to_std_string_escaped();
    let frames = stack.find("\n    at ").map_or("", |start| &stack[start..]);
    let text = js_string!(format!("{name}: {message}{frames}"));
    let descriptor = PropertyDescriptor::builder().value(text).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("stack"), descriptor, cx)?;
    Ok(())
}

/// Between a coded error and its base stands one prototype that only adds `toString`.
fn coded_prototype(base: Base, cx: &mut Context) -> JsResult<JsObject> {
    let host = Host::of(cx);
    if let Some(found) = host.coded_prototypes.borrow().get(&base) {
        return Ok(found.clone());
    }
    let constructors = cx.intrinsics().constructors();
    let parent = match base {
        Base::Error => constructors.error(),
        Base::Type => constructors.type_error(),
        Base::Range => constructors.range_error(),
        Base::Syntax => constructors.syntax_error(),
        Base::Uri => constructors.uri_error(),
    }
    .clone();
    let prototype = JsObject::from_proto_and_data(parent.prototype(), boa_engine::builtins::object::OrdinaryObject);
    let back = PropertyDescriptor::builder().value(parent.constructor()).writable(true).enumerable(false).configurable(true);
    prototype.define_property_or_throw(js_string!("constructor"), back, cx)?;
    define_all(&prototype, &[Export::function("toString", 0, coded_to_string)], false, cx)?;
    host.coded_prototypes.borrow_mut().insert(base, prototype.clone());
    Ok(prototype)
}

fn coded_to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let mut part = |key: &str| -> JsResult<String> { Ok(this.get(js_string!(key), cx)?.to_string(cx)?.to_std_string_escaped()) };
    Ok(js_string!(format!("{} [{}]: {}", part("name")?, part("code")?, part("message")?)).into())
}

impl Base {
    fn native(self) -> JsNativeError {
        match self {
            Self::Error => JsNativeError::error(),
            Self::Type => JsNativeError::typ(),
            Self::Range => JsNativeError::range(),
            Self::Syntax => JsNativeError::syntax(),
            Self::Uri => JsNativeError::uri(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Type => "TypeError",
            Self::Range => "RangeError",
            Self::Syntax => "SyntaxError",
            Self::Uri => "URIError",
        }
    }
}

/// A plain `Error` with a message and no code.
pub fn plain(base: Base, message: impl AsRef<str>) -> JsError {
    base.native().with_message(message.as_ref().to_owned()).into()
}

// System errors.

/// The error of a failed system call, thrown or given to a promise.
pub fn system(error: &SysError, cx: &mut Context) -> JsError {
    system_object(error, cx).map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// The error of a failed system call, given to a callback: it has no frames, since no JavaScript was running.
pub fn system_async(error: &SysError, cx: &mut Context) -> JsError {
    system(error, cx)
}

/// The object behind [`system`].
pub fn system_object(error: &SysError, cx: &mut Context) -> JsResult<JsObject> {
    if let Some(denied) = &error.denied {
        crate::notices::denied(denied.permission, &denied.resource, cx);
        // As the errors of Node's C++: the code is a property and stands nowhere on the stack.
        let object = JsNativeError::error().with_message(denied.message).into_opaque(cx);
        object.create_data_property_or_throw(js_string!("code"), js_string!("ERR_ACCESS_DENIED"), cx)?;
        for (key, value) in [("permission", denied.permission), ("resource", &denied.resource)] {
            if !value.is_empty() {
                object.create_data_property_or_throw(js_string!(key), js_string!(value), cx)?;
            }
        }
        return Ok(object);
    }
    let object = JsNativeError::error().with_message(error.message()).into_opaque(cx);
    // Assigned, as in Node: a setter that a script put on Object.prototype is seen.
    let mut define = |key: &str, value: JsValue| object.set(js_string!(key), value, true, cx).map(drop);
    define("errno", (-error.errno).into())?;
    define("code", js_string!(error.code()).into())?;
    define("syscall", js_string!(error.syscall).into())?;
    if let Some(path) = &error.path {
        define("path", js_string!(path.to_string_lossy().as_ref()).into())?;
    }
    if let Some(dest) = &error.dest {
        define("dest", js_string!(dest.to_string_lossy().as_ref()).into())?;
    }
    if let Some(address) = &error.address {
        define("address", js_string!(address.as_ref()).into())?;
    }
    if let Some(port) = error.port {
        define("port", port.into())?;
    }
    Ok(object)
}

// Node's codes, in alphabetical order. Each function makes the error; the caller throws it.

/// ERR_AMBIGUOUS_ARGUMENT
pub fn ambiguous_argument(argument: &str, reason: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_AMBIGUOUS_ARGUMENT", format!("The \"{argument}\" argument is ambiguous. {reason}"), cx)
}

/// ERR_ARG_NOT_ITERABLE
pub fn arg_not_iterable(value: &JsValue, cx: &mut Context) -> JsError {
    let shown = inspect_brief(value, cx);
    coded(Base::Type, "ERR_ARG_NOT_ITERABLE", format!("{shown} must be iterable"), cx)
}

/// ERR_BROTLI_INVALID_PARAM
pub fn brotli_invalid_param(key: &str, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_BROTLI_INVALID_PARAM", format!("{key} is not a valid Brotli parameter"), cx)
}

/// ERR_BUFFER_OUT_OF_BOUNDS
pub fn buffer_out_of_bounds(name: Option<&str>, cx: &mut Context) -> JsError {
    let message = match name {
        Some(name) => format!("\"{name}\" is outside of buffer bounds"),
        None => "Attempt to access memory outside buffer bounds".to_owned(),
    };
    coded(Base::Range, "ERR_BUFFER_OUT_OF_BOUNDS", message, cx)
}

/// ERR_BUFFER_TOO_LARGE
pub fn buffer_too_large(limit: u64, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_BUFFER_TOO_LARGE", format!("Cannot create a Buffer larger than {limit} bytes"), cx)
}

/// ERR_CONSOLE_WRITABLE_STREAM
pub fn console_writable_stream(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_CONSOLE_WRITABLE_STREAM", format!("Console expects a writable stream instance for {name}"), cx)
}

/// ERR_CONSTRUCT_CALL_INVALID: for classes whose objects only the runtime makes
pub fn construct_call_invalid(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_CONSTRUCT_CALL_INVALID", "Constructor cannot be called", cx)
}

/// ERR_CONSTRUCT_CALL_REQUIRED
pub fn construct_call_required(class: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_CONSTRUCT_CALL_REQUIRED", format!("Class constructor {class} cannot be invoked without `new`"), cx)
}

/// ERR_DNS_SET_SERVERS_FAILED
pub fn dns_set_servers_failed(reason: &str, servers: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_DNS_SET_SERVERS_FAILED", format!("c-ares failed to set servers: \"{reason}\" [{servers}]"), cx)
}

/// ERR_EVENT_RECURSION
pub fn event_recursion(event: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_EVENT_RECURSION", format!("The event \"{event}\" is already being dispatched"), cx)
}

/// ERR_FALSY_VALUE_REJECTION, with the `reason`.
pub fn falsy_value_rejection(reason: &JsValue, cx: &mut Context) -> JsError {
    let made = coded_object(Base::Error, "ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value", cx).and_then(|object| {
        object.create_data_property_or_throw(js_string!("reason"), reason.clone(), cx)?;
        Ok(object)
    });
    made.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// ERR_FS_FILE_TOO_LARGE
pub fn fs_file_too_large(size: u64, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_FS_FILE_TOO_LARGE", format!("File size ({size}) is greater than 2 GiB"), cx)
}

/// ERR_FS_WATCH_QUEUE_OVERFLOW
pub fn fs_watch_queue_overflow(most: usize, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_FS_WATCH_QUEUE_OVERFLOW", format!("fs.watch() queued more than {most} events"), cx)
}

/// ERR_ILLEGAL_CONSTRUCTOR
pub fn illegal_constructor(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor", cx)
}

/// `AbortError`, code ABORT_ERR: what an AbortSignal ends an operation with. `cause` is the signal's reason.
pub fn abort(message: Option<&str>, cause: Option<JsValue>, cx: &mut Context) -> JsError {
    abort_object(message, cause, cx).map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// The object behind [`abort`].
pub fn abort_object(message: Option<&str>, cause: Option<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let message = message.unwrap_or("The operation was aborted");
    let object = JsNativeError::error().with_message(message.to_owned()).into_opaque(cx);
    object.set_prototype(Some(ABORT_ERROR.prototype(cx)?));
    if let Some(cause) = cause {
        let descriptor = PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("cause"), descriptor, cx)?;
    }
    object.create_data_property_or_throw(js_string!("code"), js_string!("ABORT_ERR"), cx)?;
    object.create_data_property_or_throw(js_string!("name"), js_string!("AbortError"), cx)?;
    head_stack(&object, "AbortError", message, cx)?;
    Ok(object)
}

/// Node's internal class; a script sees it as an error's `constructor`.
static ABORT_ERROR: Class = Class {
    name: "AbortError",
    length: 0,
    extends: Parent::Constructor(|cx| Ok(cx.intrinsics().constructors().error().constructor())),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let message = match args.first() {
            Some(message) if !message.is_undefined() => Some(message.to_string(cx)?.to_std_string_escaped()),
            _ => None,
        };
        let cause = match args.get(1) {
            Some(options) if !options.is_undefined() => {
                let Some(options) = options.as_object() else {
                    return Err(invalid_arg_type("options", "Object", options, cx));
                };
                match options.has_property(js_string!("cause"), cx)? {
                    true => Some(options.get(js_string!("cause"), cx)?),
                    false => None,
                }
            }
            _ => None,
        };
        abort_object(message.as_deref(), cause, cx).map(JsValue::from)
    },
    prototype: &[],
    statics: &[],
};

/// ERR_INCOMPATIBLE_OPTION_PAIR
pub fn incompatible_option_pair(one: &str, other: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_INCOMPATIBLE_OPTION_PAIR", format!("Option \"{one}\" cannot be used in combination with option \"{other}\""), cx)
}

/// ERR_INTERNAL_ASSERTION
pub fn internal_assertion(message: &str, cx: &mut Context) -> JsError {
    let message =
        format!("{message}\nThis is caused by either a bug in Node.js or incorrect usage of Node.js internals.\nPlease open an issue with this stack trace at https://github.com/nodejs/node/issues\n");
    coded(Base::Error, "ERR_INTERNAL_ASSERTION", message, cx)
}

/// ERR_INVALID_ARG_TYPE. `expected` is one type or class, or several separated by `|`: `"string|Buffer|URL"`.
pub fn invalid_arg_type(name: &str, expected: &str, actual: &JsValue, cx: &mut Context) -> JsError {
    let received = describe_received(actual, cx);
    let subject = if name.ends_with(" argument") { name.to_owned() } else { format!("\"{name}\" {}", if name.contains('.') { "property" } else { "argument" }) };
    let message = format!("The {subject} must be {}. Received {received}", expected_phrase(expected));
    coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx)
}

/// ERR_INVALID_ARG_VALUE
pub fn invalid_arg_value(name: &str, value: &JsValue, reason: &str, cx: &mut Context) -> JsError {
    invalid_arg_value_of(Base::Type, name, value, reason, cx)
}

/// ERR_INVALID_ARG_VALUE as another kind of error.
pub fn invalid_arg_value_of(base: Base, name: &str, value: &JsValue, reason: &str, cx: &mut Context) -> JsError {
    let mut shown = inspect_brief(value, cx);
    if shown.chars().count() > 128 {
        shown = shown.chars().take(128).collect::<String>() + "...";
    }
    let kind = if name.contains('.') { "property" } else { "argument" };
    coded(base, "ERR_INVALID_ARG_VALUE", format!("The {kind} '{name}' {reason}. Received {shown}"), cx)
}

/// ERR_INVALID_BUFFER_SIZE
pub fn invalid_buffer_size(multiple: &str, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_INVALID_BUFFER_SIZE", format!("Buffer size must be a multiple of {multiple}"), cx)
}

/// ERR_INVALID_MIME_SYNTAX
pub fn invalid_mime_syntax(production: &str, text: &str, at: Option<usize>, cx: &mut Context) -> JsError {
    let place = at.map(|at| format!(" at {at}")).unwrap_or_default();
    coded(Base::Type, "ERR_INVALID_MIME_SYNTAX", format!("The MIME syntax for a {production} in \"{text}\" is invalid{place}"), cx)
}

/// ERR_INVALID_RETURN_VALUE
pub fn invalid_return_value(expected: &str, name: &str, value: &JsValue, cx: &mut Context) -> JsError {
    let received = describe_type(value, cx);
    let message = format!("Expected {expected} to be returned from the \"{name}\" function but got {received}.");
    coded(Base::Type, "ERR_INVALID_RETURN_VALUE", message, cx)
}

/// ERR_INVALID_STATE
pub fn invalid_state(message: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_INVALID_STATE", format!("Invalid state: {message}"), cx)
}

/// ERR_INVALID_THIS
pub fn invalid_this(class: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_INVALID_THIS", format!("Value of \"this\" must be of type {class}"), cx)
}

/// ERR_INVALID_URI
pub fn invalid_uri(cx: &mut Context) -> JsError {
    coded(Base::Uri, "ERR_INVALID_URI", "URI malformed", cx)
}

/// ERR_METHOD_NOT_IMPLEMENTED: what a built-in that coil lacks throws when it is called.
pub fn method_not_implemented(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_METHOD_NOT_IMPLEMENTED", format!("The {name} method is not implemented"), cx)
}

/// ERR_MISSING_ARGS
pub fn missing_args(names: &[&str], cx: &mut Context) -> JsError {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let (list, noun) = match quoted.as_slice() {
        [one] => (one.clone(), "argument"),
        [one, two] => (format!("{one} and {two}"), "arguments"),
        [many @ .., last] => (format!("{}, and {last}", many.join(", ")), "arguments"),
        [] => (String::new(), "arguments"),
    };
    coded(Base::Type, "ERR_MISSING_ARGS", format!("The {list} {noun} must be specified"), cx)
}

/// ERR_MULTIPLE_CALLBACK
pub fn multiple_callback(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times", cx)
}

/// ERR_OUT_OF_RANGE. `range` reads like `">= 0 && <= 255"` or `"an integer"`.
pub fn out_of_range(name: &str, range: &str, received: &JsValue, cx: &mut Context) -> JsError {
    let shown = match received.variant() {
        JsVariant::Integer32(value) => grouped(f64::from(value)),
        JsVariant::Float64(value) => grouped(value),
        JsVariant::BigInt(value) if value.to_f64().abs() > GROUPED_ABOVE => grouped_digits(&value.to_string()) + "n",
        _ => inspect_brief(received, cx),
    };
    coded(Base::Range, "ERR_OUT_OF_RANGE", format!("The value of \"{name}\" is out of range. It must be {range}. Received {shown}"), cx)
}

/// ERR_PARSE_ARGS_INVALID_OPTION_VALUE
pub fn parse_args_invalid_option_value(message: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_PARSE_ARGS_INVALID_OPTION_VALUE", message, cx)
}

/// ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL
pub fn parse_args_unexpected_positional(argument: &str, cx: &mut Context) -> JsError {
    let message = format!("Unexpected argument '{argument}'. This command does not take positional arguments");
    coded(Base::Type, "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL", message, cx)
}

/// ERR_PARSE_ARGS_UNKNOWN_OPTION
pub fn parse_args_unknown_option(option: &str, allow_positionals: bool, cx: &mut Context) -> JsError {
    let hint = if allow_positionals {
        let quoted = format!("\"{}\"", option.replace('\\', "\\\\").replace('"', "\\\""));
        format!(". To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- {quoted}")
    } else {
        String::new()
    };
    coded(Base::Type, "ERR_PARSE_ARGS_UNKNOWN_OPTION", format!("Unknown option '{option}'{hint}"), cx)
}

/// ERR_SCRIPT_EXECUTION_TIMEOUT
pub fn script_execution_timeout(timeout_ms: u32, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SCRIPT_EXECUTION_TIMEOUT", format!("Script execution timed out after {timeout_ms}ms"), cx)
}

/// ERR_SOCKET_ALREADY_BOUND
pub fn socket_already_bound(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_ALREADY_BOUND", "Socket is already bound", cx)
}

/// ERR_SOCKET_BAD_BUFFER_SIZE
pub fn socket_bad_buffer_size(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_SOCKET_BAD_BUFFER_SIZE", "Buffer size must be a positive integer", cx)
}

/// ERR_SOCKET_BAD_PORT
pub fn socket_bad_port(name: &str, port: &JsValue, allow_zero: bool, cx: &mut Context) -> JsError {
    let operator = if allow_zero { ">=" } else { ">" };
    let received = describe_type(port, cx);
    let message = format!("{name} should be {operator} 0 and < 65536. Received {received}.");
    coded(Base::Range, "ERR_SOCKET_BAD_PORT", message, cx)
}

/// ERR_SOCKET_BAD_TYPE
pub fn socket_bad_type(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_SOCKET_BAD_TYPE", "Bad socket type specified. Valid types are: udp4, udp6", cx)
}

/// ERR_SOCKET_BUFFER_SIZE: Node's `SystemError`, with `info`, `errno` and `syscall`.
pub fn socket_buffer_size(error: &SysError, cx: &mut Context) -> JsError {
    let code = "ERR_SOCKET_BUFFER_SIZE";
    let message = format!("Could not get or set buffer size: {} returned {} ({})", error.syscall, error.code(), error.description());
    let made = coded_object(Base::Error, code, &message, cx).and_then(|object| {
        head_stack(&object, &format!("SystemError [{code}]"), &message, cx)?;
        let hidden = PropertyDescriptor::builder().value(js_string!("SystemError")).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("name"), hidden, cx)?;
        let info = JsObject::with_object_proto(cx.intrinsics());
        info.create_data_property_or_throw(js_string!("errno"), -error.errno, cx)?;
        info.create_data_property_or_throw(js_string!("code"), js_string!(error.code()), cx)?;
        info.create_data_property_or_throw(js_string!("message"), js_string!(error.description()), cx)?;
        info.create_data_property_or_throw(js_string!("syscall"), js_string!(error.syscall), cx)?;
        object.create_data_property_or_throw(js_string!("info"), info, cx)?;
        object.create_data_property_or_throw(js_string!("errno"), -error.errno, cx)?;
        object.create_data_property_or_throw(js_string!("syscall"), js_string!(error.syscall), cx)?;
        Ok(object)
    });
    made.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// ERR_SOCKET_DGRAM_IS_CONNECTED
pub fn socket_dgram_is_connected(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_DGRAM_IS_CONNECTED", "Already connected", cx)
}

/// ERR_SOCKET_DGRAM_NOT_CONNECTED
pub fn socket_dgram_not_connected(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_DGRAM_NOT_CONNECTED", "Not connected", cx)
}

/// ERR_SOCKET_DGRAM_NOT_RUNNING
pub fn socket_dgram_not_running(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_DGRAM_NOT_RUNNING", "Not running", cx)
}

/// ERR_STREAM_ALREADY_FINISHED
pub fn stream_already_finished(method: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_ALREADY_FINISHED", format!("Cannot call {method} after a stream was finished"), cx)
}

/// ERR_STREAM_CANNOT_PIPE
pub fn stream_cannot_pipe(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable", cx)
}

/// ERR_STREAM_DESTROYED
pub fn stream_destroyed(method: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_DESTROYED", format!("Cannot call {method} after a stream was destroyed"), cx)
}

/// ERR_STREAM_NULL_VALUES
pub fn stream_null_values(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_STREAM_NULL_VALUES", "May not write null values to stream", cx)
}

/// ERR_STREAM_PREMATURE_CLOSE
pub fn stream_premature_close(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close", cx)
}

/// ERR_STREAM_PUSH_AFTER_EOF
pub fn stream_push_after_eof(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF", cx)
}

/// ERR_STREAM_UNABLE_TO_PIPE
pub fn stream_unable_to_pipe(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_UNABLE_TO_PIPE", "Cannot pipe to a closed or destroyed stream", cx)
}

/// ERR_STREAM_UNSHIFT_AFTER_END_EVENT
pub fn stream_unshift_after_end_event(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_UNSHIFT_AFTER_END_EVENT", "stream.unshift() after end event", cx)
}

/// ERR_STREAM_WRITE_AFTER_END
pub fn stream_write_after_end(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STREAM_WRITE_AFTER_END", "write after end", cx)
}

/// ERR_TRAILING_JUNK_AFTER_STREAM_END
pub fn trailing_junk_after_stream_end(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_TRAILING_JUNK_AFTER_STREAM_END", "Trailing junk found after the end of the compressed stream", cx)
}

/// ERR_UNHANDLED_ERROR, with what was emitted as its `context`.
pub fn unhandled_error(context: &JsValue, cx: &mut Context) -> JsError {
    let shown = inspect_brief(context, cx);
    let object = coded_object(Base::Error, "ERR_UNHANDLED_ERROR", &format!("Unhandled error. ({shown})"), cx);
    let object = object.and_then(|object| {
        object.create_data_property_or_throw(js_string!("context"), context.clone(), cx)?;
        Ok(object)
    });
    object.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// ERR_STRING_TOO_LONG
pub fn string_too_long(limit: usize, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_STRING_TOO_LONG", format!("Cannot create a string longer than 0x{limit:x} characters"), cx)
}

/// ERR_UNKNOWN_ENCODING
pub fn unknown_encoding(encoding: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_UNKNOWN_ENCODING", format!("Unknown encoding: {encoding}"), cx)
}

/// ERR_UNKNOWN_SIGNAL
pub fn unknown_signal(signal: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_UNKNOWN_SIGNAL", format!("Unknown signal: {signal}"), cx)
}

/// ERR_WORKER_INVALID_EXEC_ARGV
pub fn worker_invalid_exec_argv(refused: &[String], what: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_WORKER_INVALID_EXEC_ARGV", format!("Initiated Worker with {what}: {}", refused.join(", ")), cx)
}

/// The ERR_WORKER_MESSAGING_* errors, which have no arguments
pub fn worker_messaging(code: &'static str, message: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, code, message, cx)
}

/// ERR_WORKER_NOT_RUNNING
pub fn worker_not_running(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_WORKER_NOT_RUNNING", "Worker instance not running", cx)
}

/// ERR_WORKER_OUT_OF_MEMORY
pub fn worker_out_of_memory(what: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_WORKER_OUT_OF_MEMORY", format!("Worker terminated due to reaching memory limit: {what}"), cx)
}

/// ERR_WORKER_PATH
pub fn worker_path(path: &str, cx: &mut Context) -> JsError {
    let mut message = "The worker script or module filename must be an absolute path or a relative path starting with './' or '../'.".to_owned();
    if path.starts_with("file://") {
        message += " Wrap file:// URLs with `new URL`.";
    } else if path.starts_with("data:") {
        message += " Wrap data: URLs with `new URL`.";
    }
    coded(Base::Type, "ERR_WORKER_PATH", format!("{message} Received \"{path}\""), cx)
}

/// ERR_WORKER_UNSERIALIZABLE_ERROR
pub fn worker_unserializable_error(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_WORKER_UNSERIALIZABLE_ERROR", "Serializing an uncaught exception failed", cx)
}

/// ERR_WORKER_UNSUPPORTED_OPERATION
pub fn worker_unsupported_operation(operation: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_WORKER_UNSUPPORTED_OPERATION", format!("{operation} is not supported in workers"), cx)
}

/// ERR_ZLIB_INITIALIZATION_FAILED
pub fn zlib_initialization_failed(message: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_ZLIB_INITIALIZATION_FAILED", message, cx)
}

/// ERR_ZSTD_INVALID_PARAM
pub fn zstd_invalid_param(key: &str, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_ZSTD_INVALID_PARAM", format!("{key} is not a valid zstd parameter"), cx)
}

// The phrases they share.

/// `of type string or an instance of Buffer or URL`, from `string|Buffer|URL`.
fn expected_phrase(expected: &str) -> String {
    let (mut types, mut instances, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for name in expected.split('|') {
        if TYPE_NAMES.contains(&name) {
            types.push(match name {
                "Function" => "function",
                "Object" => "object",
                name => name,
            });
        } else if name.chars().next().is_some_and(char::is_uppercase) && name.chars().all(|c| c.is_ascii_alphanumeric()) {
            instances.push(name);
        } else {
            other.push(name);
        }
    }
    // Node: "object" moves to the instances as Object when there are other classes.
    if !instances.is_empty()
        && let Some(at) = types.iter().position(|name| *name == "object")
    {
        types.remove(at);
        instances.push("Object");
    }
    let mut parts = Vec::new();
    if !types.is_empty() {
        parts.push(match types.as_slice() {
            [one] => format!("of type {one}"),
            many => format!("one of type {}", or_list(many)),
        });
    }
    if !instances.is_empty() {
        parts.push(format!("an instance of {}", or_list(&instances)));
    }
    if !other.is_empty() {
        parts.push(match other.as_slice() {
            [one] if one.to_lowercase() != **one => format!("an {one}"),
            [one] => (*one).to_owned(),
            many => format!("one of {}", or_list(many)),
        });
    }
    parts.join(" or ")
}

fn or_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} or {two}"),
        [many @ .., last] => format!("{}, or {last}", many.join(", ")),
    }
}

/// `type string ('abc')`, `an instance of Foo`, `undefined`, `function f`: the end of "Received ...".
pub fn describe_received(value: &JsValue, cx: &mut Context) -> String {
    if let Some(object) = value.as_object() {
        if object.is_callable() {
            let name = object.get(js_string!("name"), cx).ok().and_then(|name| name.as_string());
            return match name {
                Some(name) if !name.is_empty() => format!("function {}", name.to_std_string_escaped()),
                _ => "function ".to_owned(),
            };
        }
        return match constructor_name(&object, cx) {
            Some(name) => format!("an instance of {name}"),
            None => inspect_brief(value, cx),
        };
    }
    if value.is_null_or_undefined() {
        return value.display().to_string();
    }
    let shown = match value.as_string() {
        Some(text) => quoted_beginning(&text),
        None => inspect_brief(value, cx),
    };
    format!("type {} ({shown})", value.type_of())
}

/// A text in quotes; of a long one only how it begins.
fn quoted_beginning(text: &JsString) -> String {
    let units: Vec<u16> = text.iter().collect();
    let shown = if units.len() > 28 { String::from_utf16_lossy(&units[..25]) + "..." } else { String::from_utf16_lossy(&units) };
    if !shown.contains('\'') {
        return format!("'{shown}'");
    }
    // As `JSON.stringify` writes it.
    let mut out = String::from("\"");
    for c in shown.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `undefined`, `type string ('abc')`, `an instance of Foo`: as [`describe_received`], for "but got ...".
pub fn describe_type(value: &JsValue, cx: &mut Context) -> String {
    describe_received(value, cx)
}

/// The name of `value.constructor`, when it has one.
pub fn constructor_name(object: &JsObject, cx: &mut Context) -> Option<String> {
    let constructor = object.get(js_string!("constructor"), cx).ok()?.as_object()?;
    let name = constructor.get(js_string!("name"), cx).ok()?.as_string()?;
    (!name.is_empty()).then(|| name.to_std_string_escaped())
}

/// A value in one line, as far as error messages need it; `util.inspect` replaces it through [`Host::set_inspect`] once it is loaded.
pub fn inspect_brief(value: &JsValue, cx: &mut Context) -> String {
    if let Some(inspect) = Host::of(cx).inspect_hook() {
        return inspect(value, cx);
    }
    match value.variant() {
        JsVariant::String(text) => quoted(&text),
        JsVariant::Symbol(symbol) => symbol.descriptive_string().to_std_string_escaped(),
        JsVariant::BigInt(value) => format!("{value}n"),
        _ => value.display().to_string(),
    }
}

fn quoted(text: &JsString) -> String {
    let text = text.to_std_string_escaped();
    let quote = if !text.contains('\'') {
        '\''
    } else if !text.contains('"') {
        '"'
    } else if !text.contains('`') && !text.contains("${") {
        '`'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number as range errors show it: integers above 2**32 with separators.
fn grouped(value: f64) -> String {
    let text = JsValue::from(value).display().to_string();
    if value.fract() == 0.0 && value.abs() > GROUPED_ABOVE { grouped_digits(&text) } else { text }
}

/// Above this, range errors show integers in groups of three digits.
const GROUPED_ABOVE: f64 = 4_294_967_296.0;

/// Node's `addNumericalSeparator`, which takes exponents for digits too: `1e+_300`.
fn grouped_digits(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    format!("{sign}{out}")
}

const TYPE_NAMES: &[&str] = &["string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol"];
