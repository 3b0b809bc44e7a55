//! `DOMException`: the error of the web's interfaces, a real Error whose `name`, `message` and `code` are getters.
//!
//! ```ignore
//! return Err(dom_exception::error("Invalid character", "InvalidCharacterError", cx));
//! ```
//!
//! Differs from Node: `name` and `message` lie in a symbol property, which `Reflect.ownKeys` shows.

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::Export,
};

/// The class; `globalThis.DOMException`.
pub static DOM_EXCEPTION: Class = Class {
    name: "DOMException",
    length: 0,
    extends: Parent::Prototype(|cx| Ok(cx.intrinsics().constructors().error().prototype())),
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("name", name).enumerable(true),
        Export::getter("message", message).enumerable(true),
        Export::getter("code", code).enumerable(true),
        Export::all(CODE_CONSTANTS),
        Export::tag("DOMException"),
    ],
    statics: CODE_CONSTANTS,
};

/// `INDEX_SIZE_ERR` and the others, of the class and of its prototype.
static CODE_CONSTANTS: &[Export] = &[
    code_constant(0),
    code_constant(1),
    code_constant(2),
    code_constant(3),
    code_constant(4),
    code_constant(5),
    code_constant(6),
    code_constant(7),
    code_constant(8),
    code_constant(9),
    code_constant(10),
    code_constant(11),
    code_constant(12),
    code_constant(13),
    code_constant(14),
    code_constant(15),
    code_constant(16),
    code_constant(17),
    code_constant(18),
    code_constant(19),
    code_constant(20),
    code_constant(21),
    code_constant(22),
    code_constant(23),
    code_constant(24),
];

const fn code_constant(index: usize) -> Export {
    Export::int(CODES[index].0, index as i32 + 1).enumerable(true).read_only().permanent()
}

/// `globalThis.DOMException`
pub fn constructor(cx: &mut Context) -> JsResult<JsValue> {
    Ok(DOM_EXCEPTION.constructor(cx)?.into())
}

/// A DOMException, to be thrown.
pub fn error(message: &str, name: &str, cx: &mut Context) -> JsError {
    object(js_string!(message), js_string!(name), cx).map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// A DOMException as an object: the `reason` of an abort.
///
/// # Errors
///
/// None that a script can cause.
pub fn object(message: JsString, name: JsString, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = DOM_EXCEPTION.prototype(cx)?;
    make(prototype, message, name, cx)
}

/// `name` and `message` of a DOMException; `None` for anything else.
pub fn parts(value: &JsObject, cx: &mut Context) -> Option<(JsString, JsString)> {
    let names = Slot::<Names>::get(value, cx)?;
    let names = names.borrow();
    Some((names.data().name.clone(), names.data().message.clone()))
}

#[derive(Trace, Finalize, JsData)]
struct Names {
    #[unsafe_ignore_trace]
    name: JsString,
    #[unsafe_ignore_trace]
    message: JsString,
}

fn make(prototype: JsObject, message: JsString, name: JsString, cx: &mut Context) -> JsResult<JsObject> {
    // Made with the message so that the stack's first line has it; the message itself is the prototype's getter.
    let error = boa_engine::JsNativeError::error().with_message(message.to_std_string_lossy()).into_opaque(cx);
    error.set_prototype(Some(prototype));
    error.delete_property_or_throw(js_string!("message"), cx)?;
    let stack = error.get(js_string!("stack"), cx)?;
    if let Some(stack) = stack.as_string() {
        let stack = stack.to_std_string_lossy();
        let frames = stack.find("\n    at ").map_or("", |start| &stack[start..]);
        let separator = if message.is_empty() { "" } else { ": " };
        let text = format!("{}{separator}{}{frames}", name.to_std_string_lossy(), message.to_std_string_lossy());
        let descriptor = PropertyDescriptor::builder().value(js_string!(text)).writable(true).enumerable(false).configurable(true);
        error.define_property_or_throw(js_string!("stack"), descriptor, cx)?;
    }
    Slot::set(&error, Names { name, message }, cx)?;
    Ok(error)
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = |value: &JsValue, default: &'static str, cx: &mut Context| {
        if value.is_undefined() { Ok(js_string!(default)) } else { value.to_string(cx) }
    };
    let prototype = instance_prototype(&DOM_EXCEPTION, cx)?;
    let message = text(args.get_or_undefined(0), "", cx)?;
    let options = args.get_or_undefined(1);
    let Some(options) = options.as_object().filter(|options| !options.is_callable()) else {
        let name = text(options, "Error", cx)?;
        return Ok(make(prototype, message, name, cx)?.into());
    };
    let name = options.get(js_string!("name"), cx)?;
    let name = text(&name, "Error", cx)?;
    let error = make(prototype, message, name, cx)?;
    if options.has_property(js_string!("cause"), cx)? {
        let cause = options.get(js_string!("cause"), cx)?;
        let descriptor = PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
        error.define_property_or_throw(js_string!("cause"), descriptor, cx)?;
    }
    Ok(error.into())
}

fn this_parts(this: &JsValue, cx: &mut Context) -> JsResult<(JsString, JsString)> {
    let found = this.as_object().and_then(|object| parts(&object, cx));
    found.ok_or_else(|| errors::coded(Base::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of DOMException", cx))
}

fn name(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_parts(this, cx)?.0.into())
}

fn message(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_parts(this, cx)?.1.into())
}

fn code(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (name, _) = this_parts(this, cx)?;
    let index = CODES.iter().position(|(_, known)| !known.is_empty() && name == *known);
    Ok(JsValue::from(index.map_or(0, |index| index + 1)))
}

/// The constants, whose place is their value, and the names that have their code.
const CODES: [(&str, &str); 25] = [
    ("INDEX_SIZE_ERR", "IndexSizeError"),
    ("DOMSTRING_SIZE_ERR", ""),
    ("HIERARCHY_REQUEST_ERR", "HierarchyRequestError"),
    ("WRONG_DOCUMENT_ERR", "WrongDocumentError"),
    ("INVALID_CHARACTER_ERR", "InvalidCharacterError"),
    ("NO_DATA_ALLOWED_ERR", ""),
    ("NO_MODIFICATION_ALLOWED_ERR", "NoModificationAllowedError"),
    ("NOT_FOUND_ERR", "NotFoundError"),
    ("NOT_SUPPORTED_ERR", "NotSupportedError"),
    ("INUSE_ATTRIBUTE_ERR", "InUseAttributeError"),
    ("INVALID_STATE_ERR", "InvalidStateError"),
    ("SYNTAX_ERR", "SyntaxError"),
    ("INVALID_MODIFICATION_ERR", "InvalidModificationError"),
    ("NAMESPACE_ERR", "NamespaceError"),
    ("INVALID_ACCESS_ERR", "InvalidAccessError"),
    ("VALIDATION_ERR", ""),
    ("TYPE_MISMATCH_ERR", "TypeMismatchError"),
    ("SECURITY_ERR", "SecurityError"),
    ("NETWORK_ERR", "NetworkError"),
    ("ABORT_ERR", "AbortError"),
    ("URL_MISMATCH_ERR", "URLMismatchError"),
    ("QUOTA_EXCEEDED_ERR", "QuotaExceededError"),
    ("TIMEOUT_ERR", "TimeoutError"),
    ("INVALID_NODE_TYPE_ERR", "InvalidNodeTypeError"),
    ("DATA_CLONE_ERR", "DataCloneError"),
];

/// As [`object`], from Rust strings.
pub(crate) fn create(message: &str, name: &str, cx: &mut Context) -> JsResult<JsObject> {
    object(boa_engine::js_string!(message), boa_engine::js_string!(name), cx)
}
