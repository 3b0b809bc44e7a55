//! The messages of errors in V8's words: programs read them, and so do Node's tests.
//!
//! Three sources: what an instruction throws (here; `expression` prints the expression that it is about), what built-in functions throw
//! (`natives`), and what constant texts of the engine say (a patch each).
//!
//! Differs from V8: a call among the first 120 characters of whose expression the parser finds no sense is `(intermediate value)`.

mod expression;
mod natives;

pub(crate) use natives::translate;

use crate::{
    Context, JsError, JsNativeError, JsObject, JsString, JsSymbol, JsValue,
    builtins::{error::Error, proxy::Proxy},
    environments::{Environment, PrivateKind},
    js_string,
    positions::NoteKind,
    property::PropertyKey,
    stack::{constructor_name, data_property, function_source},
    value::JsVariant,
};
use boa_ast::scope::{BindingLocator, BindingLocatorScope};
use expression::Printed;

/// A value as V8 shows it without running any code: `abc`, `Symbol(s)`, `#<Map>`, `[object Array]`, the source of a function.
pub(crate) fn of_value(value: &JsValue) -> String {
    match value.variant() {
        JsVariant::String(text) => text.to_std_string_lossy(),
        JsVariant::Symbol(symbol) => symbol.descriptive_string().to_std_string_lossy(),
        JsVariant::BigInt(number) => number.to_string(),
        JsVariant::Object(object) => of_object(&object),
        _ => value.display().to_string(),
    }
}

fn of_object(object: &JsObject) -> String {
    if object.is_callable() && !object.is::<Proxy>() {
        return function_source(object);
    }
    let find = |key: &PropertyKey| std::iter::successors(Some(object.clone()), JsObject::prototype).take(64).find_map(|object| data_property(&object, key));
    if object.is::<Error>() {
        let text = |name| find(&PropertyKey::from(name)).and_then(|value| value.as_string()).unwrap_or_default().to_std_string_lossy();
        let (name, message) = (text(js_string!("name")), text(js_string!("message")));
        return if message.is_empty() { name } else { format!("{name}: {message}") };
    }
    let plain = find(&js_string!("toString").into()).and_then(|method| method.as_object()).is_some_and(|method| {
        let own = crate::stack::own_name(&method);
        own == "toString" && find(&js_string!("join").into()).is_none() && find(&js_string!("toISOString").into()).is_none() && !object.is::<crate::builtins::regexp::RegExp>()
    });
    if plain {
        let class = find(&js_string!("constructor").into()).and_then(|class| class.as_object()).map(|class| crate::stack::own_name(&class)).filter(|name| !name.is_empty());
        return format!("#<{}>", class.unwrap_or_else(|| constructor_name(object).to_std_string_lossy()));
    }
    format!("[object {}]", constructor_name(object).to_std_string_lossy())
}

/// A value with its kind, as V8 has it where it finds no expression: `number 1`, `string "a"`, `object null`, `object`.
pub(crate) fn with_type(value: &JsValue) -> String {
    let kind = value.type_of();
    match value.variant() {
        JsVariant::String(text) => format!("{kind} \"{}\"", text.to_std_string_lossy()),
        JsVariant::Null | JsVariant::Boolean(_) | JsVariant::Float64(_) | JsVariant::Integer32(_) => format!("{kind} {}", value.display()),
        _ => kind.to_owned(),
    }
}

pub(crate) fn of_key(key: &PropertyKey) -> String {
    match key {
        PropertyKey::String(name) => name.to_std_string_lossy(),
        PropertyKey::Index(index) => index.get().to_string(),
        PropertyKey::Symbol(symbol) => symbol.descriptive_string().to_std_string_lossy(),
    }
}

fn type_error(message: impl Into<String>) -> JsError {
    let message: String = message.into();
    JsNativeError::typ().with_message(message).into()
}

/// What the compiler noted for the instruction that runs; nothing while a native function runs.
fn noted(kind: NoteKind, context: &Context) -> Option<Vec<u16>> {
    if context.vm.running_native().is_some() {
        return None;
    }
    let frame = context.vm.frame();
    let source = &frame.code_block.source_info;
    let note = source.map().notes.iter().find(|note| note.pc == frame.pc && note.kind == kind)?;
    source.text_spanned().slice((note.start.line_number(), note.start.column_number()), (note.end.line_number(), note.end.column_number()))
}

fn operand(context: &Context) -> Option<Printed> {
    printed(noted(NoteKind::Operand, context)?)
}

/// The span of `a[b]` ends before the bracket.
fn printed(mut text: Vec<u16>) -> Option<Printed> {
    if text.len() > EXPRESSION_MAX {
        return None;
    }
    expression::print(&text).or_else(|| {
        text.push(u16::from(b']'));
        expression::print(&text)
    })
}

/// Longer expressions are not parsed again for a message.
const EXPRESSION_MAX: usize = 10_000;

/// `o.m is not a function`
#[cold]
#[inline(never)]
pub(crate) fn not_callable(value: &JsValue, context: &Context) -> JsError {
    let name = operand(context).map_or_else(|| with_type(value), |printed| printed.text);
    type_error(format!("{name} is not a function"))
}

/// The same for a value that the engine itself was to call.
#[cold]
#[inline(never)]
pub(crate) fn value_not_callable(value: &JsValue) -> JsError {
    type_error(format!("{} is not a function", with_type(value)))
}

/// A name without a value: `a is not defined`, or not yet.
#[cold]
#[inline(never)]
pub(crate) fn no_binding(locator: &BindingLocator, context: &Context) -> JsError {
    let name = locator.name().to_std_string_escaped();
    let is_object = match locator.scope() {
        BindingLocatorScope::GlobalObject => true,
        BindingLocatorScope::GlobalDeclarative => false,
        BindingLocatorScope::Stack(index) => matches!(context.environment_expect(index), Environment::Object(_)),
    };
    let message = if is_object { format!("{name} is not defined") } else { format!("Cannot access '{name}' before initialization") };
    JsNativeError::reference().with_message(message).into()
}

/// `o.C is not a constructor`
#[cold]
#[inline(never)]
pub(crate) fn not_constructor(value: &JsValue, context: &Context) -> JsError {
    let name = operand(context).map_or_else(|| of_value(value), |printed| printed.text);
    type_error(format!("{name} is not a constructor"))
}

/// `Class constructor A cannot be invoked without 'new'`
#[cold]
#[inline(never)]
pub(crate) fn class_called(class: &JsObject) -> JsNativeError {
    let name = crate::stack::own_name(class);
    JsNativeError::typ().with_message(match name.as_str() {
        "" => "Class constructors cannot be invoked without 'new'".to_owned(),
        name => format!("Class constructor {name} cannot be invoked without 'new'"),
    })
}

/// `Cannot read properties of undefined (reading 'x')`
#[cold]
#[inline(never)]
pub(crate) fn nullish_read(value: &JsValue, key: &JsValue) -> JsError {
    let shown = value.display();
    if key.as_symbol().is_some_and(|symbol| symbol == JsSymbol::iterator()) {
        return type_error(format!("{shown} is not iterable (cannot read property Symbol(Symbol.iterator))"));
    }
    type_error(format!("Cannot read properties of {shown} (reading '{}')", of_value(key)))
}

/// `Cannot set properties of null (setting 'x')`
#[cold]
#[inline(never)]
pub(crate) fn nullish_write(value: &JsValue, key: &JsValue) -> JsError {
    type_error(format!("Cannot set properties of {} (setting '{}')", value.display(), of_value(key)))
}

/// An object without the private member: `Cannot read private member #x from an object whose class did not declare it` for a field,
/// `Receiver must be an instance of class C` for what the whole class has.
#[cold]
#[inline(never)]
pub(crate) fn no_private_member(description: &JsString, write: bool, context: &Context) -> JsError {
    let name = description.to_std_string_lossy();
    type_error(match private_kind(description, context) {
        Some((PrivateKind::InstanceMember, class)) => format!("Receiver must be an instance of class {class}"),
        Some((PrivateKind::StaticMember, class)) => format!("Receiver must be class {class}"),
        _ if write => format!("Cannot write private member #{name} to an object whose class did not declare it"),
        _ => format!("Cannot read private member #{name} from an object whose class did not declare it"),
    })
}

/// The same for null and undefined: methods are sought by the mark that the class leaves, which has its name.
#[cold]
#[inline(never)]
pub(crate) fn private_of_nullish(value: &JsValue, description: &JsString, write: bool, context: &Context) -> JsError {
    match private_kind(description, context) {
        Some((PrivateKind::InstanceMember, class)) => nullish_read(value, &js_string!(class).into()),
        Some((PrivateKind::StaticMember, class)) => type_error(format!("Receiver must be class {class}")),
        _ => {
            let name = js_string!(&js_string!("#"), description).into();
            if write { nullish_write(value, &name) } else { nullish_read(value, &name) }
        }
    }
}

/// `Cannot initialize private methods of class C twice on the same object`; the constructor runs.
#[cold]
#[inline(never)]
pub(crate) fn private_methods_twice(context: &Context) -> JsError {
    let class = context.vm.stack.get_function(context.vm.frame()).map(|class| crate::stack::own_name(&class)).filter(|name| !name.is_empty());
    type_error(format!("Cannot initialize private methods of class {} twice on the same object", class.as_deref().unwrap_or("anonymous")))
}

fn private_kind(description: &JsString, context: &Context) -> Option<(PrivateKind, String)> {
    let environment = context.vm.frame().environments.private_environment(description)?;
    Some((environment.kind(description)?, environment.class_name()))
}

/// `Cannot destructure property 'a' of 'x' as it is undefined.`
#[cold]
#[inline(never)]
pub(crate) fn not_destructurable(value: &JsValue, context: &Context) -> JsError {
    if let Some(name) = noted(NoteKind::Nested, context) {
        return nullish_read(value, &property_name(&name).into());
    }
    let property = noted(NoteKind::FirstProperty, context).map(|name| property_name(&name).to_std_string_lossy());
    let temporary = [(NoteKind::LoopValue, ".for"), (NoteKind::Caught, ".catch")].into_iter().find(|(kind, _)| noted(*kind, context).is_some());
    let source = temporary.map(|(_, name)| name.to_owned()).or_else(|| operand(context).map(|printed| printed.text)).unwrap_or_else(|| with_type(value));
    let shown = value.display();
    type_error(match property {
        Some(property) => format!("Cannot destructure property '{property}' of '{source}' as it is {shown}."),
        None => format!("Cannot destructure '{source}' as it is {shown}."),
    })
}

/// The name as it stands in the source, without the quotes of a string.
fn property_name(text: &[u16]) -> JsString {
    let text = String::from_utf16_lossy(text);
    js_string!(text.trim().trim_matches(['"', '\'']))
}

/// `x is not iterable`
#[cold]
#[inline(never)]
pub(crate) fn not_iterable(value: &JsValue, is_async: bool, context: &Context) -> JsError {
    let kind = if is_async { "async iterable" } else { "iterable" };
    if is_async && value.is_null_or_undefined() {
        return nullish_read(value, &JsSymbol::async_iterator().into());
    }
    let default = |value: &JsValue| format!("{} is not {kind} (cannot read property Symbol(Symbol.{}))", with_type(value), if is_async { "asyncIterator" } else { "iterator" });
    if noted(NoteKind::SpreadArgument, context).is_some() {
        let nullish = value.is_null_or_undefined();
        return type_error(match spread_argument(context) {
            Some(printed) if nullish => format!("{} is not iterable (cannot read property undefined)", printed.text),
            _ if nullish => format!("{} is not iterable (cannot read property undefined)", with_type(value)),
            _ => "Spread syntax requires ...iterable[Symbol.iterator] to be a function".to_owned(),
        });
    }
    if noted(NoteKind::LoopValue, context).is_some() {
        return type_error(format!(".for is not {kind}"));
    }
    if let Some(text) = noted(NoteKind::PatternSource, context) {
        return type_error(match printed(text) {
            Some(Printed { is_access: false, callee: None, text }) => format!("{text} is not iterable"),
            Some(Printed { is_access: false, callee: Some(callee), .. }) => format!("{callee} is not a function or its return value is not iterable"),
            _ => default(value),
        });
    }
    type_error(match operand(context) {
        Some(Printed { callee: Some(_), text, .. }) if is_async => format!("{text} is not a function or its return value is not {kind}"),
        Some(Printed { callee: Some(callee), .. }) => format!("{callee} is not a function or its return value is not {kind}"),
        Some(Printed { text, .. }) => format!("{text} is not {kind}"),
        None => default(value),
    })
}

fn spread_argument(context: &Context) -> Option<Printed> {
    printed(noted(NoteKind::SpreadArgument, context)?)
}

/// `Cannot use 'in' operator to search for 'x' in 1`
#[cold]
#[inline(never)]
pub(crate) fn not_in(key: &JsValue, value: &JsValue) -> JsError {
    type_error(format!("Cannot use 'in' operator to search for '{}' in {}", of_value(key), of_value(value)))
}

/// Why a property could not be set: read-only, without setter, or the object takes no more.
#[cold]
#[inline(never)]
pub(crate) fn cannot_set(object: &JsObject, key: &PropertyKey, receiver: &JsValue, context: &mut Context) -> JsError {
    let name = of_key(key);
    if !receiver.is_object() {
        let kind = receiver.type_of();
        let own = receiver.as_string().is_some_and(|text| match key {
            PropertyKey::Index(index) => (index.get() as usize) < text.len(),
            PropertyKey::String(name) => *name == js_string!("length"),
            PropertyKey::Symbol(_) => false,
        });
        return type_error(if own {
            format!("Cannot assign to read only property '{name}' of {kind} '{}'", of_value(receiver))
        } else {
            format!("Cannot create property '{name}' on {kind} '{}'", of_value(receiver))
        });
    }
    let mut found = None;
    for object in std::iter::successors(Some(object.clone()), JsObject::prototype).take(1000) {
        if object.is::<Proxy>() {
            return type_error(format!("'set' on proxy: trap returned falsish for property '{name}'"));
        }
        match object.__get_own_property__(key, &mut context.into()) {
            Ok(Some(property)) => {
                found = Some(property);
                break;
            }
            Ok(None) => {}
            Err(error) => return error,
        }
    }
    let shown = of_value(receiver);
    type_error(match found {
        Some(property) if property.is_accessor_descriptor() => format!("Cannot set property {name} of {shown} which has only a getter"),
        Some(property) if property.writable() == Some(false) => {
            let kind = if receiver.is_callable() { "function" } else { "object" };
            format!("Cannot assign to read only property '{name}' of {kind} '{shown}'")
        }
        Some(_) => format!("Cannot assign to read only property '{name}' of object '{shown}'"),
        None => format!("Cannot add property {name}, object is not extensible"),
    })
}

/// `Cannot delete property 'x' of #<Object>`
#[cold]
#[inline(never)]
pub(crate) fn cannot_delete(object: &JsObject, key: &PropertyKey) -> JsError {
    let name = of_key(key);
    type_error(if object.is::<Proxy>() {
        format!("'deleteProperty' on proxy: trap returned falsish for property '{name}'")
    } else {
        format!("Cannot delete property '{name}' of {}", of_object(object))
    })
}

/// Why a property could not be defined.
#[cold]
#[inline(never)]
pub(crate) fn cannot_define(object: &JsObject, key: &PropertyKey, context: &mut Context) -> JsError {
    let name = of_key(key);
    if object.is::<Proxy>() {
        return type_error(format!("'defineProperty' on proxy: trap returned falsish for property '{name}'"));
    }
    if object.is_constructor() && name == "prototype" && context.vm.running_native().is_none() {
        return type_error("Classes may not have a static property named 'prototype'");
    }
    match object.__get_own_property__(key, &mut context.into()) {
        Ok(Some(_)) => type_error(format!("Cannot redefine property: {name}")),
        Ok(None) => type_error(format!("Cannot define property {name}, object is not extensible")),
        Err(error) => error,
    }
}

/// Why the prototype of an object could not be set.
#[cold]
#[inline(never)]
pub(crate) fn cannot_set_prototype(object: &JsObject, context: &mut Context) -> JsError {
    if object.is::<Proxy>() {
        return type_error("'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'");
    }
    let immutable = JsObject::equals(object, &context.intrinsics().constructors().object().prototype());
    type_error(if immutable {
        "Immutable prototype object 'Object.prototype' cannot have their prototype set".to_owned()
    } else if object.extensible() {
        "Cyclic __proto__ value".to_owned()
    } else {
        format!("{} is not extensible", of_object(object))
    })
}

/// What a property holds instead of a method.
#[cold]
#[inline(never)]
pub(crate) fn not_a_method(object: &JsObject, key: &PropertyKey, value: &JsValue, context: &Context) -> JsError {
    let trap = matches!(key, PropertyKey::String(name) if TRAPS.contains(&name.to_std_string_lossy().as_str()));
    if trap && !matches!(key, PropertyKey::String(name) if matches!(name.to_std_string_lossy().as_str(), "apply" | "construct")) {
        return type_error(format!("{} returned for property '{}' of object '{}' is not a function", quoted(value), of_key(key), of_object(object)));
    }
    if matches!(key, PropertyKey::Symbol(symbol) if *symbol == JsSymbol::iterator()) && context.vm.running_native().is_none() {
        return not_iterable(&object.clone().into(), false, context);
    }
    if trap { not_callable(value, context) } else { type_error(format!("{} is not a function", with_type(value))) }
}

const TRAPS: &[&str] =
    &["apply", "construct", "defineProperty", "deleteProperty", "get", "getOwnPropertyDescriptor", "getPrototypeOf", "has", "isExtensible", "ownKeys", "preventExtensions", "set", "setPrototypeOf"];

fn quoted(value: &JsValue) -> String {
    format!("'{}'", of_value(value))
}

/// `Class extends value 1 is not a constructor or null`
#[cold]
#[inline(never)]
pub(crate) fn not_a_superclass(value: &JsValue) -> JsError {
    type_error(format!("Class extends value {} is not a constructor or null", of_value(value)))
}

/// `Super constructor null of anonymous class is not a constructor`
#[cold]
#[inline(never)]
pub(crate) fn not_a_super_constructor(value: &JsValue, context: &Context) -> JsError {
    let shown = match value.as_object() {
        Some(object) if object.is_callable() && object.prototype().is_none_or(|prototype| prototype.prototype().is_none()) && crate::stack::own_name(&object).is_empty() => "null".to_owned(),
        _ => of_value(value),
    };
    let class = context.vm.stack.get_function(context.vm.frame()).map(|class| crate::stack::own_name(&class)).unwrap_or_default();
    type_error(match class.as_str() {
        "" => format!("Super constructor {shown} of anonymous class is not a constructor"),
        class => format!("Super constructor {shown} of {class} is not a constructor"),
    })
}
