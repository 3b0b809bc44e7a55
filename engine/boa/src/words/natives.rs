//! What built-in functions throw, in V8's words.
//!
//! The engine's own texts say which check failed; what V8 says of it names the receiver or an argument, which the call has. The texts
//! are translated where a built-in returns its error; the behaviour files `engine/messages.js` hold both sides together.

use super::{of_value, with_type};
use crate::{JsArgs, JsNativeError, JsNativeErrorKind, JsObject, JsValue, native_function::NativeFunctionObject};

/// The call that failed.
struct Call<'a> {
    name: String,
    this: &'a JsValue,
    args: &'a [JsValue],
}

/// Puts an error that a built-in function has thrown itself into V8's words.
#[cold]
#[inline(never)]
pub(crate) fn translate(error: &mut JsNativeError, function: &JsObject, this: &JsValue, args: &[JsValue]) {
    if matches!(error.kind(), JsNativeErrorKind::Aggregate(_)) || error.place.is_some() {
        return;
    }
    let name = function.downcast_ref::<NativeFunctionObject>().map(|data| data.name.to_std_string_lossy()).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| crate::stack::own_name(function));
    let call = Call { name, this, args };
    if let Some(message) = call.translated(error.message()) {
        error.set_message(message);
    }
}

impl Call<'_> {
    fn translated(&self, message: &str) -> Option<String> {
        self.receiver(message).or_else(|| self.callback(message)).or_else(|| self.argument(message))
    }

    fn incompatible(&self, method: &str) -> String {
        format!("Method {method} called on incompatible receiver {}", of_value(self.this))
    }

    /// `this` is of the wrong kind.
    fn receiver(&self, message: &str) -> Option<String> {
        let Self { name, this, .. } = self;
        if let Some(rest) = message.strip_prefix("method `").and_then(|rest| rest.strip_suffix("` called on incompatible receiver")) {
            let class = rest.split('.').next().unwrap_or_default();
            let method = if name == "get size" { format!("get {class}.prototype.size") } else { rest.trim_start_matches("get ").to_owned() };
            return Some(self.incompatible(&if name == "get size" { method.replace("get get ", "get ") } else { method }));
        }
        for class in ["WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry"] {
            if message.starts_with(class) && (message.contains("expected 'this'") || message.contains("expected `this`") || message.contains("for `this`")) {
                return Some(self.incompatible(&format!("{class}.prototype.{name}")));
            }
        }
        let requires = |class: &str| Some(format!("{class}.prototype.{} requires that 'this' be a {class}", name.trim_start_matches("get ")));
        let method = |class: &str| Some(self.incompatible(&format!("{class}.prototype.{name}")));
        match message {
            "cannot convert null or undefined to Object" => {
                let method = if name == "[Symbol.iterator]" { "[Symbol.iterator]".to_owned() } else { format!(".{name}") };
                Some(match (name.as_str(), this.is_null_or_undefined()) {
                    ("groupBy", _) => format!("{}.groupBy called on null or undefined", self.class()),
                    ("setPrototypeOf", _) => "Object.setPrototypeOf called on null or undefined".to_owned(),
                    ("fromEntries", _) => format!("{} is not iterable", self.args.get_or_undefined(0).display()),
                    (_, true) => format!("String.prototype{method} called on null or undefined"),
                    _ => "Cannot convert undefined or null to object".to_owned(),
                })
            }
            "Cannot convert undefined or null to object" if name == "from" && self.args.get_or_undefined(0).is_null_or_undefined() => {
                Some(format!("{} is not iterable (cannot read property Symbol(Symbol.iterator))", with_type(self.args.get_or_undefined(0))))
            }
            "Cannot convert undefined or null to object" if this.is_null_or_undefined() => match name.as_str() {
                "toLocaleString" => Some("Object.prototype.toLocaleString called on null or undefined".to_owned()),
                name if COERCING.contains(&name) => Some(format!("Array.prototype.{name} called on null or undefined")),
                _ => None,
            },
            "'this' is not a string" => requires("String"),
            "'this' is not a number" => requires("Number"),
            "'this' is not a boolean" => requires("Boolean"),
            "'this' is not a Symbol" => requires("Symbol"),
            "'this' is not a BigInt" => requires("BigInt"),
            "not a function" if name == "toString" => requires("Function"),
            "'this' is not a Date" if name == "toISOString" => method("Date"),
            "'this' is not a Date" => Some("this is not a Date object.".to_owned()),
            "Date.prototype[@@toPrimitive] called on non object" => Some(self.incompatible("Date.prototype [ @@toPrimitive ]")),
            "Date.prototype[@@toPrimitive] called with invalid hint" => Some(format!("Invalid hint: {}", of_value(self.args.get_or_undefined(0)))),
            "`this` is not a typed array object" | "this is not a typed array object" if !self.on_atomics() => Some(match name.strip_prefix("get ") {
                Some(getter) => self.incompatible(&format!("get TypedArray.prototype.{getter}")),
                None => "this is not a typed array.".to_owned(),
            }),
            "`this` is not a DataView" => Some(self.incompatible(&self.qualified("DataView"))),
            "`this` is not a MapIterator" => method("Map Iterator"),
            "`this` is not an SetIterator" | "`this` is not a SetIterator" => method("Set Iterator"),
            "`this` is not a RegExpStringIterator" => method("%RegExpStringIterator%"),
            "`this` is not an ArrayIterator" => method("Array Iterator"),
            "Promise.prototype.then: this is not a promise" => method("Promise"),
            "finally called with a non-object promise" => Some("Promise.prototype.finally called on non-object".to_owned()),
            "generator resumed on non generator object" | "Generator method called on non generator" => method("[Generator]"),
            "RegExp.prototype.exec called with invalid value" | "`RegExp.prototype.compile` cannot be called for a non-object" => method("RegExp"),
            "RegExp.prototype.flags getter called on non-object" => Some(format!("{message} {}", of_value(this))),
            "RegExp.prototype.source method called on incompatible value" => Some("RegExp.prototype.source getter called on non-RegExp object".to_owned()),
            _ if message.starts_with("RegExp.prototype") && message.ends_with("method called on incompatible value") => Some(self.incompatible(&match name.strip_prefix("[Symbol.") {
                Some(symbol) => format!("RegExp.prototype.@@{}", symbol.trim_end_matches(']')),
                None => format!("RegExp.prototype.{name}"),
            })),
            _ if message.contains("ArrayBuffer.") && (message.contains("called with invalid") || message.ends_with("called with non-object value")) => {
                let class = if message.contains("SharedArrayBuffer") { "SharedArrayBuffer" } else { "ArrayBuffer" };
                Some(self.incompatible(&self.qualified(class)))
            }
            "ArrayBuffer.constructor called with undefined new target" => Some(format!("Constructor {name} requires 'new'")),
            "ArrayBuffer.resize: cannot resize a fixed-length buffer" => method("ArrayBuffer"),
            "SharedArrayBuffer.grow: cannot grow a fixed-length buffer" => method("SharedArrayBuffer"),
            "TypedArray.set must be called on typed array object" => Some("this is not a typed array.".to_owned()),
            "Value is not a typed array object" => Some(self.incompatible(&format!("%TypedArray%.prototype.{name}"))),
            "this is not a typed array." if name == "of" => Some(self.incompatible("%TypedArray%.of")),
            "PromiseCapability: expected constructor" => Some(format!("{} is not a constructor", of_value(this))),
            "Promise NewTarget cannot be undefined" => Some("Promise constructor cannot be invoked without 'new'".to_owned()),
            "Proxy constructor called on undefined new target" => Some("Constructor Proxy requires 'new'".to_owned()),
            "the TypedArray constructor should never be called directly" => Some("Abstract class TypedArray not directly constructable".to_owned()),
            _ if message.contains("without new") || message.contains("without `new`") || message == "Iterator constructor requires 'new'" || message.starts_with("new target was undefined") => {
                Some(format!("Constructor {name} requires 'new'"))
            }
            "target must be an object" => Some(format!("Reflect.{name} called on non-object")),
            "target must be a function" => {
                let target = self.args.get_or_undefined(0);
                Some(format!("Function.prototype.apply was called on {}, which is {} and not a function", of_value(target), with_article(target.type_of())))
            }
            "target must be a constructor" => Some(format!("{} is not a constructor", of_value(self.args.get_or_undefined(0)))),
            "newTarget must be a constructor" => Some(format!("{} is not a constructor", of_value(self.args.get_or_undefined(2)))),
            "cannot bind `this` without a `[[Call]]` internal method" => Some("Bind must be called on a function".to_owned()),
            _ if message.ends_with("() called on a non-object") => Some(match name.as_str() {
                "resolve" | "reject" => "PromiseResolve called on non-object".to_owned(),
                _ => message.replacen("() called on a non-object", " called on non-object", 1),
            }),
            _ if message.ends_with(": expected 'this' to be an Object") => Some(message.replacen(": expected 'this' to be an Object", " called on non-object", 1)),
            _ if name == "toJSON" && message.ends_with(" is not a function") => Some("toISOString is not a function".to_owned()),
            _ if message.starts_with("Iterator.prototype") && message.contains("called on non-object") => Some(format!("Iterator.prototype.{name} called on non-object")),
            _ => None,
        }
    }

    /// The method or accessor with its class, as `get Class.prototype.name`.
    fn qualified(&self, class: &str) -> String {
        match self.name.strip_prefix("get ") {
            Some(getter) => format!("get {class}.prototype.{getter}"),
            None => format!("{class}.prototype.{}", self.name),
        }
    }

    /// The constructor that the function was called on: of `Map.groupBy`, `Map`.
    fn class(&self) -> String {
        self.this.as_object().map(|class| crate::stack::own_name(&class)).unwrap_or_default()
    }

    /// Whether it is a function of `Atomics`: those are called on it.
    fn on_atomics(&self) -> bool {
        self.this.as_object().is_some_and(|this| {
            let tag = crate::stack::data_property(&this, &crate::JsSymbol::to_string_tag().into());
            tag.is_some_and(|tag| tag.as_string().is_some_and(|tag| tag == "Atomics"))
        })
    }

    /// What the function is called where V8 says that it cannot work on a detached buffer.
    fn operation(&self) -> String {
        let Self { name, this, .. } = self;
        let kind = this.as_object().map(|this| (this.is::<crate::builtins::dataview::DataView>(), this.is::<crate::builtins::array_buffer::ArrayBuffer>()));
        match kind {
            _ if name == "DataView" => "DataView constructor".to_owned(),
            _ if name.ends_with("Array") => "Construct".to_owned(),
            Some((true, _)) => self.qualified("DataView"),
            Some((_, true)) => self.qualified("ArrayBuffer"),
            _ if name == "next" => "Array Iterator.prototype.next".to_owned(),
            _ if self.on_atomics() => format!("Atomics.{name}"),
            _ => format!("%TypedArray%.prototype.{name}"),
        }
    }

    /// What was to be called is no function.
    fn callback(&self, message: &str) -> Option<String> {
        let is_callback = message.ends_with("is not callable")
            || message.ends_with("must be callable")
            || message.contains("non-callable callback")
            || message.contains("non-callable mapfn")
            || message.contains("invalid callback")
            || message.ends_with("is not a callable")
            || message.contains("non-callable comparefn")
            || message == "callback must be a callable object";
        if !is_callback {
            return None;
        }
        match self.name.as_str() {
            "Promise" => return Some(format!("Promise resolver {} is not a function", of_value(self.args.get_or_undefined(0)))),
            "FinalizationRegistry" => return Some("FinalizationRegistry: cleanup must be callable".to_owned()),
            _ => {}
        }
        if message.starts_with("value with type") || message.starts_with("promiseCapability") {
            return None;
        }
        if message.contains("non-callable comparefn") {
            return Some(format!("The comparison function must be either a function or undefined: {}", of_value(self.args.get_or_undefined(0))));
        }
        let index = usize::from(matches!(self.name.as_str(), "from" | "groupBy" | "fromAsync"));
        let callback = self.args.get_or_undefined(index);
        if callback.is_callable() {
            return None;
        }
        let shown = if self.name == "groupBy" || (message.starts_with("TypedArray") && self.name != "from") { of_value(callback) } else { with_type(callback) };
        Some(format!("{shown} is not a function"))
    }

    /// An argument is out of range or of the wrong kind.
    fn argument(&self, message: &str) -> Option<String> {
        let first = self.args.get_or_undefined(0);
        let name = self.name.as_str();
        Some(match message {
            "String.prototype.repeat: count must be non-negative" | "String.prototype.repeat: count must be less than infinity" => format!("Invalid count value: {}", of_value(first)),
            "precision must be an integer at least 1 and no greater than 100" => "toPrecision() argument must be between 1 and 100".to_owned(),
            "radix must be an integer at least 2 and no greater than 36" => "toString() radix argument must be between 2 and 36".to_owned(),
            "Symbol.keyFor: sym is not a symbol" => format!("{} is not a symbol", of_value(first)),
            "Object.defineProperty: property description must be an object" | "Cannot construct a property descriptor from a non-object" => {
                format!("Property description must be an object: {}", of_value(self.args.get_or_undefined(2)))
            }
            "invalid integer index for TypedArray operation" if self.this.as_object().is_some_and(|this| this.is_array()) => format!("Invalid index : {}", of_value(first)),
            "invalid integer index for TypedArray operation" => "Invalid typed array index".to_owned(),
            "Index must be between 0 and  2^53 - 1" => match name {
                "ArrayBuffer" | "SharedArrayBuffer" => "Invalid array buffer length".to_owned(),
                "asIntN" | "asUintN" => "Invalid value: not (convertible to) a safe integer".to_owned(),
                _ if name.ends_with("Array") && self.args.len() > 1 => "Start offset is too large:".to_owned(),
                _ if name.ends_with("Array") => format!("Invalid typed array length: {}", of_value(first)),
                "DataView" => format!("Start offset {} is outside the bounds of the buffer", of_value(self.args.get_or_undefined(1))),
                "transfer" | "transferToFixedLength" => "Invalid array buffer length".to_owned(),
                "resize" => "ArrayBuffer.prototype.resize: Invalid length parameter".to_owned(),
                "grow" => "SharedArrayBuffer.prototype.grow: Invalid length parameter".to_owned(),
                _ if name.starts_with("get") || name.starts_with("set") => "Offset is outside the bounds of the DataView".to_owned(),
                _ => "Invalid atomic access index".to_owned(),
            },
            "offset of typed array exceeds buffer size" | "Start offset is outside the bounds of the buffer" => {
                format!("Start offset {} is outside the bounds of the buffer", of_value(self.args.get_or_undefined(1)))
            }
            "byte offset of typed array must be aligned" => format!("start offset of {name} should be a multiple of {}", element_size(name)),
            "cannot construct a typed array with an unaligned buffer" => format!("byte length of {name} should be a multiple of {}", element_size(name)),
            "cannot create a typed array spanning a byte range outside of its buffer" => format!("Invalid typed array length: {}", of_value(self.args.get_or_undefined(2))),
            "Source object and target offset longer than target typed array" | "TypedArray.set called with negative offset" => "offset is out of bounds".to_owned(),
            "buffer must be an ArrayBuffer" if name == "DataView" => "First argument to DataView constructor must be an ArrayBuffer".to_owned(),
            "Invalid data view length" => format!("Invalid DataView length {}", of_value(self.args.get_or_undefined(2))),
            "Offset is outside the bounds of DataView" => "Offset is outside the bounds of the DataView".to_owned(),
            "Set operation called with non-object argument" => format!("Set.prototype.{name} argument must be an object"),
            "size is undefined" | "size is NaN" => "The .size property is NaN".to_owned(),
            "Iterator.prototype.take: limit cannot be negative"
            | "Iterator.prototype.take: limit cannot be NaN"
            | "Iterator.prototype.drop: limit cannot be negative"
            | "Iterator.prototype.drop: limit cannot be NaN" => format!("{} must be positive", of_value(first)),
            "GetIteratorFlattenable: value is not an object" | "GetIteratorFlattenable: value is not iterable and not an object" if name == "from" => "Iterator.from called on non-object".to_owned(),
            "proto must be an object or null" => format!("Object prototype may only be an Object or null: {}", of_value(self.args.get_or_undefined(1))),
            _ if message.starts_with("Object.create: expected 'proto'") => format!("Object prototype may only be an Object or null: {}", of_value(first)),
            _ if message.starts_with("Object.setPrototypeOf: expected 'proto'") => format!("Object prototype may only be an Object or null: {}", of_value(self.args.get_or_undefined(1))),
            _ if message.starts_with("WeakMap.set: expected target") => "Invalid value used as weak map key".to_owned(),
            _ if message.starts_with("WeakSet.add: expected target") => "Invalid value used in weak set".to_owned(),
            _ if message.starts_with("WeakRef: expected target") => "WeakRef: invalid target".to_owned(),
            _ if message.starts_with("FinalizationRegistry.prototype.register: `target`") => "FinalizationRegistry.prototype.register: invalid target".to_owned(),
            _ if message.starts_with("codepoint `") => format!("Invalid code point {}", message.split('`').nth(1)?),
            _ if message.starts_with("repeated regular expression flag") || message.starts_with("invalid regular expression flag") => {
                format!("Invalid flags supplied to RegExp constructor '{}'", of_value(self.args.get_or_undefined(1)))
            }
            "ArrayBuffer.resize: new byte length exceeds buffer's maximum byte length" => "ArrayBuffer.prototype.resize: Invalid length parameter".to_owned(),
            "SharedArrayBuffer.grow: new length cannot be bigger than `maxByteLength`" | "SharedArrayBuffer.grow: failed to grow buffer to new length" => {
                "SharedArrayBuffer.prototype.grow: Invalid length parameter".to_owned()
            }
            "`length` cannot be bigger than `maxByteLength`" => "Invalid array buffer max length".to_owned(),
            "ArrayBuffer.slice called with detached buffer"
            | "cannot transfer a detached buffer"
            | "ArrayBuffer is detached"
            | "ArrayBuffer.resize: cannot resize a detached buffer"
            | "Cannot get value from out of bounds typed array"
            | "Cannot initialize typed array from invalid buffer"
            | "cannot construct typed array from detached buffer"
            | "view out of bounds for its inner buffer"
            | "data view is outside the bounds of its inner buffer"
            | "typed array is outside the bounds of its inner buffer" => format!("Cannot perform {} on a detached ArrayBuffer", self.operation()),
            "platform doesn't support atomic operations on the provided `TypedArray`" => format!("{} is not an integer typed array.", of_value(first)),
            "this is not a typed array." | "`this` is not a typed array object" if name != "of" && !self.args.is_empty() && self.on_atomics() => format!("{} is not an integer typed array.", of_value(first)),
            "can only atomically wait using Int32 or BigInt64 arrays" => format!("{} is not an int32 or BigInt64 typed array.", of_value(first)),
            "cannot use `ArrayBuffer` for an atomic wait" => format!("{} is not a shared typed array.", of_value(first)),
            "index for typed array outside of bounds" => "Invalid atomic access index".to_owned(),
            "`iterationNumber` must be an integral Number" => "Atomics.pause argument must be undefined or an integer".to_owned(),
            "promiseCapability.[[Resolve]] is not callable" | "promiseCapability.[[Reject]] is not callable" => "Promise resolve or reject function is not callable".to_owned(),
            "RegExp.escape requires a string argument" => "input argument must be a string".to_owned(),
            "cannot use both 'u' and 'v' flags" => format!("Invalid flags supplied to RegExp constructor '{}'", of_value(self.args.get_or_undefined(1))),
            "property descriptor must be an object" => format!("Property description must be an object: {}", of_value(self.args.get_or_undefined(2))),
            "Typed array length is 0 and initial value is not present" => "Reduce of empty array with no initial value".to_owned(),
            "Cannot initialize typed array from different content type" | "Source typed array and target typed array have different content types" => {
                "Cannot mix BigInt and other types, use explicit conversions".to_owned()
            }
            "Set size must be non-negative" => {
                let size = first.as_object().and_then(|set| crate::stack::data_property(&set, &crate::js_string!("size").into()));
                format!("'{}' is an invalid size", size.as_ref().map_or_else(|| "-1".to_owned(), of_value))
            }
            "Set-like object must have a callable 'has' method" => "string \"has\" is not a function".to_owned(),
            "Set-like object must have a callable 'keys' method" => "string \"keys\" is not a function".to_owned(),
            "Result of the Symbol.iterator method is not an object" if SET_METHODS.contains(&name) => "Result of the keys method is not an object".to_owned(),
            _ if message.ends_with(" is not a function") && name == "from" && self.args.get_or_undefined(1).is_undefined() && first.is_object() => {
                let class = if self.class() == "Array" { "%Array%" } else { "%TypedArray%" };
                format!("{class}.from requires that the property of the first argument, items[Symbol.iterator], when exists, be a function")
            }
            _ if message.contains("`heldValue` cannot be the same as `target`") => "FinalizationRegistry.prototype.register: target and holdings must not be same".to_owned(),
            _ if message.contains("`unregisterToken` must be") => {
                let token = self.args.get_or_undefined(if name == "register" { 2 } else { 0 });
                format!("Invalid unregisterToken ('{}')", of_value(token))
            }
            _ if message.starts_with("Proxy constructor called with non-object") => "Cannot create proxy with a non-object as target or handler".to_owned(),
            _ => return None,
        })
    }
}

/// The methods of sets that take another set.
const SET_METHODS: &[&str] = &["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"];

fn with_article(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

fn element_size(array: &str) -> u8 {
    match array {
        name if name.contains("64") => 8,
        name if name.contains("32") => 4,
        name if name.contains("16") => 2,
        _ => 1,
    }
}

/// The methods of arrays that say which they are where `this` is nothing; the others convert it to an object.
const COERCING: &[&str] = &["every", "filter", "find", "findIndex", "findLast", "findLastIndex", "forEach", "map", "reduce", "reduceRight", "some", "toReversed", "toSorted", "toSpliced", "with"];
