//! What an object is called: `Foo`, `Object <Foo>`, `[Object: null prototype]`.

use std::{cell::OnceCell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsSymbol, JsValue, builtins::error::ErrorKind, introspect::ObjectKind, js_string, property::PropertyKey};
use coil_engine::Host;

use super::{Depth, Formatter, Text, inspect_text, property::KeyRole};

/// The prototypes every script starts with.
pub(crate) struct Known {
    prototypes: Vec<(JsObject, &'static str)>,
    error: JsObject,
    object: JsObject,
    pub(super) custom: JsSymbol,
}

#[derive(Default)]
struct KnownCell(OnceCell<Rc<Known>>);

impl Known {
    pub(super) fn of(cx: &mut Context) -> Rc<Self> {
        let cell = Host::of(cx).state::<KnownCell>();
        if let Some(found) = cell.0.get() {
            return found.clone();
        }
        let custom = Host::of(cx).registered_symbol("nodejs.util.inspect.custom", cx);
        let all = cx.intrinsics().constructors();
        let prototypes = vec![
            (all.object().prototype(), "Object"),
            (all.array().prototype(), "Array"),
            (all.function().prototype(), "Function"),
            (all.array_buffer().prototype(), "ArrayBuffer"),
            (all.map().prototype(), "Map"),
            (all.set().prototype(), "Set"),
            (all.typed_array().prototype(), "TypedArray"),
            (all.regexp().prototype(), "RegExp"),
            (all.date().prototype(), "Date"),
            (all.data_view().prototype(), "DataView"),
            (all.error().prototype(), "Error"),
            (all.aggregate_error().prototype(), "AggregateError"),
            (all.range_error().prototype(), "RangeError"),
            (all.type_error().prototype(), "TypeError"),
            (all.boolean().prototype(), "Boolean"),
            (all.number().prototype(), "Number"),
            (all.string().prototype(), "String"),
            (all.promise().prototype(), "Promise"),
            (all.weak_map().prototype(), "WeakMap"),
            (all.weak_set().prototype(), "WeakSet"),
        ];
        let made = Rc::new(Self { error: all.error().prototype(), object: all.object().prototype(), prototypes, custom });
        cell.0.get_or_init(|| made).clone()
    }

    fn name_of(&self, prototype: &JsObject) -> Option<&'static str> {
        self.prototypes.iter().find(|(known, _)| JsObject::equals(known, prototype)).map(|(_, name)| *name)
    }

    /// `Object[Symbol.hasInstance](object)`, without asking scripts.
    pub(super) fn is_object(&self, object: &JsObject) -> bool {
        inherits(object, &self.object)
    }

    /// Whether it is an error, made by a constructor or by inheritance.
    pub(super) fn is_error(&self, object: &JsObject, kind: ObjectKind) -> bool {
        kind == ObjectKind::Error || inherits(object, &self.error)
    }
}

/// Whether `prototype` is on the chain of `object`.
fn inherits(object: &JsObject, prototype: &JsObject) -> bool {
    let mut next = object.prototype();
    while let Some(found) = next {
        if JsObject::equals(&found, prototype) {
            return true;
        }
        next = found.prototype();
    }
    false
}

impl Formatter {
    /// `getConstructorName`. Properties of the prototypes in between go to `inherited`.
    pub(super) fn constructor_name(&mut self, object: &JsObject, level: i64, mut inherited: Option<&mut Vec<Text>>, cx: &mut Context) -> JsResult<Option<Text>> {
        let mut first: Option<Option<JsObject>> = None;
        let mut next = Some(object.clone());
        while let Some(current) = next {
            let is_first = matches!(&first, Some(Some(first)) if JsObject::equals(first, &current));
            let from = match &first {
                Some(Some(first)) => first.clone(),
                _ => object.clone(),
            };
            if let Some(name) = self.known.name_of(&current)
                && inherits(object, &current)
            {
                if let Some(inherited) = inherited.as_deref_mut()
                    && !is_first
                {
                    self.inherited_properties(object, &from, level, inherited, cx)?;
                }
                return Ok(Some(name.into()));
            }
            if let Some(name) = constructor_of(&current, object, cx)? {
                if let Some(inherited) = inherited.as_deref_mut()
                    && (!is_first || !BUILT_IN.contains(&&*name.to_string_lossy()))
                {
                    self.inherited_properties(object, &from, level, inherited, cx)?;
                }
                return Ok(Some(name));
            }
            next = current.prototype_of(cx)?;
            if first.is_none() {
                first = Some(next.clone());
            }
        }
        let Some(Some(first)) = first else { return Ok(None) };
        let mut name = self.internal_name(object, cx);
        if self.options.depth.excludes(level) {
            name.push_str(" <Complex prototype>");
            return Ok(Some(name));
        }
        let parent = match self.constructor_name(&first, level + 1, inherited, cx)? {
            Some(parent) => parent,
            None => {
                let mut options = self.options.clone();
                options.custom_inspect = false;
                options.depth = Depth::at(-1.0);
                inspect_text(&first.into(), options, cx)?
            }
        };
        name.push_str(" <");
        name.push(&parent);
        name.push_ascii(b'>');
        Ok(Some(name))
    }

    /// `addPrototypeProperties`: what up to three prototypes of a class written by users define beside methods.
    fn inherited_properties(&mut self, main: &JsObject, from: &JsObject, level: i64, output: &mut Vec<Text>, cx: &mut Context) -> JsResult<()> {
        let mut object = from.clone();
        let mut nearer: Vec<PropertyKey> = Vec::new();
        let mut keys: Vec<PropertyKey> = Vec::new();
        for depth in 0..PROTOTYPES_MAX {
            if depth != 0 || JsObject::equals(main, &object) {
                let Some(prototype) = object.prototype_of(cx)? else { return Ok(()) };
                object = prototype;
                let own = object.own_property(&js_string!("constructor").into(), cx)?;
                if let Some(constructor) = own.and_then(|own| own.value().and_then(JsValue::as_callable)) {
                    let name = constructor.get(js_string!("name"), cx)?;
                    if name.as_string().is_some_and(|name| BUILT_IN.iter().any(|known| name == **known)) {
                        return Ok(());
                    }
                }
            }
            nearer.append(&mut keys);
            keys = object.own_property_keys(cx)?;
            self.seen.push(main.clone());
            for key in &keys {
                let is_constructor = matches!(key, PropertyKey::String(name) if name == "constructor");
                if is_constructor || main.has_own_property(key.clone(), cx)? || nearer.contains(key) {
                    continue;
                }
                if matches!(key, PropertyKey::Symbol(symbol) if Host::of(cx).is_internal_symbol(symbol)) {
                    continue;
                }
                let Some(own) = object.own_property(key, cx)? else { continue };
                if own.value().is_some_and(JsValue::is_callable) {
                    continue;
                }
                let mut text = self.property(&object, level, key, KeyRole::Named, Some(own), Some(main), cx)?;
                if self.options.colors {
                    let mut faint = Text::from("\u{1b}[2m");
                    faint.push(&text);
                    faint.push_str("\u{1b}[22m");
                    text = faint;
                }
                output.push(text);
            }
            self.seen.pop();
        }
        Ok(())
    }

    /// `getCtxStyle`: what stands before the brace, with its space.
    pub(super) fn context_prefix(&mut self, object: &JsObject, constructor: &Option<Text>, tag: &Text, cx: &mut Context) -> Text {
        let mut fallback = Text::new();
        if constructor.is_none() {
            fallback = self.internal_name(object, cx);
            if &fallback == tag {
                fallback = "Object".into();
            }
        }
        prefix(constructor.as_ref(), tag, &fallback.to_string_lossy(), "")
    }

    /// The same without the space.
    pub(super) fn context_name(&mut self, object: &JsObject, constructor: &Option<Text>, tag: &Text, cx: &mut Context) -> Text {
        let prefix = self.context_prefix(object, constructor, tag, cx);
        prefix.slice(0, prefix.as_bytes().len() - 1)
    }

    /// The name of the class that made the object, whatever its prototype is now: what V8 calls its constructor name.
    pub(super) fn internal_name(&mut self, object: &JsObject, cx: &mut Context) -> Text {
        let by_kind = match object.kind() {
            ObjectKind::Array => "Array",
            ObjectKind::Function => match object.function_traits() {
                traits if traits.is_async && traits.generator => "AsyncGeneratorFunction",
                traits if traits.is_async => "AsyncFunction",
                traits if traits.generator => "GeneratorFunction",
                _ => "Function",
            },
            ObjectKind::Error => match object.error_kind() {
                Some(ErrorKind::Aggregate) => "AggregateError",
                Some(ErrorKind::Eval) => "EvalError",
                Some(ErrorKind::Type) => "TypeError",
                Some(ErrorKind::Range) => "RangeError",
                Some(ErrorKind::Reference) => "ReferenceError",
                Some(ErrorKind::Syntax) => "SyntaxError",
                Some(ErrorKind::Uri) => "URIError",
                _ => "Error",
            },
            ObjectKind::Map => "Map",
            ObjectKind::Set => "Set",
            ObjectKind::MapIterator => "Map Iterator",
            ObjectKind::SetIterator => "Set Iterator",
            ObjectKind::ArrayIterator => "Array Iterator",
            ObjectKind::WeakMap => "WeakMap",
            ObjectKind::WeakSet => "WeakSet",
            ObjectKind::WeakRef => "WeakRef",
            ObjectKind::Date => "Date",
            ObjectKind::RegExp => "RegExp",
            ObjectKind::Promise => "Promise",
            ObjectKind::ArrayBuffer => "ArrayBuffer",
            ObjectKind::SharedArrayBuffer => "SharedArrayBuffer",
            ObjectKind::DataView => "DataView",
            ObjectKind::TypedArray(kind) => super::collections::view_name(kind),
            ObjectKind::Boolean => "Boolean",
            ObjectKind::Number => "Number",
            ObjectKind::String => "String",
            ObjectKind::Symbol => "Symbol",
            ObjectKind::BigInt => "BigInt",
            ObjectKind::ModuleNamespace => "Module",
            _ => "",
        };
        if by_kind.is_empty()
            && let Some(tag) = data_property(object, JsSymbol::to_string_tag().into(), cx).and_then(|tag| tag.as_string()).filter(|tag| !tag.is_empty())
        {
            return Text::from_js(&tag);
        }
        // A subclass shows by a prototype it has or had.
        let mut candidates: Vec<JsObject> = object.former_prototypes();
        candidates.extend(object.prototype());
        for candidate in candidates {
            if let Some(name) = made_by(&candidate, cx) {
                return name;
            }
        }
        if !by_kind.is_empty() { by_kind.into() } else { "Object".into() }
    }
}

/// The name of the constructor whose prototype this is, without running scripts.
fn made_by(prototype: &JsObject, cx: &mut Context) -> Option<Text> {
    if prototype.proxy_parts().is_some() {
        return None;
    }
    let tag = data_property(prototype, JsSymbol::to_string_tag().into(), cx).and_then(|tag| tag.as_string());
    if let Some(tag) = tag {
        return Some(Text::from_js(&tag));
    }
    let constructor = data_property(prototype, js_string!("constructor").into(), cx)?.as_callable()?;
    let name = data_property(&constructor, js_string!("name").into(), cx)?.as_string()?;
    (!name.is_empty() && name != "Object").then(|| Text::from_js(&name))
}

fn data_property(object: &JsObject, key: PropertyKey, cx: &mut Context) -> Option<JsValue> {
    object.own_property(&key, cx).ok().flatten().and_then(|own| own.value().cloned())
}

/// The name of `prototype.constructor`, where `object` is an instance of that.
fn constructor_of(prototype: &JsObject, object: &JsObject, cx: &mut Context) -> JsResult<Option<Text>> {
    let Some(own) = prototype.own_property(&js_string!("constructor").into(), cx)? else { return Ok(None) };
    let Some(constructor) = own.value().and_then(JsValue::as_callable) else { return Ok(None) };
    let name = constructor.get(js_string!("name"), cx)?;
    if name.as_string().is_some_and(|name| name.is_empty()) {
        return Ok(None);
    }
    let instance = JsValue::from(object.clone()).instance_of(&constructor.into(), cx).unwrap_or(false);
    if !instance {
        return Ok(None);
    }
    Ok(Some(Text::from_js(&name.to_string(cx)?)))
}

/// `getPrefix`: `Foo [Tag] ` or `[Fallback: null prototype] `.
pub(super) fn prefix(constructor: Option<&Text>, tag: &Text, fallback: &str, size: &str) -> Text {
    let mut made = Text::new();
    let Some(constructor) = constructor else {
        made.push_ascii(b'[');
        made.push_str(fallback);
        made.push_str(size);
        made.push_str(": null prototype] ");
        if !tag.is_empty() && fallback.as_bytes() != tag.as_bytes() {
            made.push_ascii(b'[');
            made.push(tag);
            made.push_str("] ");
        }
        return made;
    };
    made.push(constructor);
    made.push_str(size);
    made.push_ascii(b' ');
    if !tag.is_empty() {
        // A tag that is a word of the name says nothing new.
        let said = constructor.find(tag.as_bytes()).is_some_and(|at| match constructor.as_bytes().get(at + tag.as_bytes().len()) {
            None => true,
            Some(next) => !next.is_ascii() || next.to_ascii_lowercase() != *next,
        });
        if !said {
            made.push_ascii(b'[');
            made.push(tag);
            made.push_str("] ");
        }
    }
    made
}

/// Classes of the language: their prototypes define nothing that a user wants to see.
pub(super) const BUILT_IN: &[&str] = &[
    "Object",
    "Function",
    "Array",
    "Number",
    "Infinity",
    "NaN",
    "Boolean",
    "String",
    "Symbol",
    "Date",
    "Promise",
    "RegExp",
    "Error",
    "AggregateError",
    "EvalError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "TypeError",
    "URIError",
    "JSON",
    "Math",
    "Intl",
    "ArrayBuffer",
    "Atomics",
    "Uint8Array",
    "Int8Array",
    "Uint16Array",
    "Int16Array",
    "Uint32Array",
    "Int32Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Uint8ClampedArray",
    "BigUint64Array",
    "BigInt64Array",
    "DataView",
    "Map",
    "BigInt",
    "Set",
    "Iterator",
    "WeakMap",
    "WeakSet",
    "WeakRef",
    "Proxy",
    "Reflect",
    "FinalizationRegistry",
    "SharedArrayBuffer",
    "WebAssembly",
    "DisposableStack",
    "AsyncDisposableStack",
    "SuppressedError",
];

/// Prototypes whose properties are listed.
const PROTOTYPES_MAX: usize = 3;
