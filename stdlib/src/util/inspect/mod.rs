//! `util.inspect`: any value as a text for people.
//!
//! Written straight into [`Text`]s, one per entry, that [`Formatter::joined`] lays out in lines. What Node's documentation of
//! [`util.inspect`](https://nodejs.org/api/util.html#utilinspectobject-options) says holds here, and its layout to the byte.
//!
//! Differs from Node: the entries of a WeakMap or WeakSet are unknown with `showHidden` too; an object whose prototype was cut off may have
//! forgotten its class.

pub(crate) mod ansi;
mod collections;
mod error;
mod format;
mod function;
mod layout;
mod module;
mod names;
mod options;
pub(crate) mod primitive;
mod property;
mod regexp;
mod styles;
pub(crate) mod text;
pub(crate) mod width;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue,
    introspect::ObjectKind,
    js_string,
    object::builtins::{JsDate, JsRegExp},
    property::PropertyKey,
};
use coil_engine::Host;
use rustc_hash::FxHashMap;

pub(crate) use self::{
    format::{format, format_text, format_with_options},
    module::{inspect_function, installed_options},
    options::{Compact, Depth, Getters, Options, Sorted},
    styles::Style,
    text::Text,
};
use self::{layout::Entries, names::Known, property::KeyRole};

/// A value as text.
pub(crate) fn inspect(value: &JsValue, options: &Options, cx: &mut Context) -> JsResult<JsString> {
    Ok(inspect_text(value, options.clone(), cx)?.to_js())
}

/// The same without making a JavaScript string of it.
pub(crate) fn inspect_text(value: &JsValue, options: Options, cx: &mut Context) -> JsResult<Text> {
    Formatter::new(options, cx)?.value(value, 0, false, cx)
}

/// How error messages show a value: never fails, never breaks what is running.
pub fn inspect_for_messages(value: &JsValue, cx: &mut Context) -> String {
    match inspect_text(value, Options::default(), cx) {
        Ok(text) => text.to_string_lossy().into_owned(),
        // A custom inspection that throws: the message says no more than `String(value)`.
        Err(_) => value.to_string(cx).map_or_else(|_| value.display().to_string(), |text| text.to_std_string_lossy()),
    }
}

/// One inspection: Node's `ctx`.
pub(crate) struct Formatter {
    pub(crate) options: Options,
    /// Spaces in front of every line of the part being written.
    pub(crate) indentation: usize,
    /// The innermost level shown so far.
    current_depth: i64,
    /// The objects being shown, outermost first.
    seen: Vec<JsObject>,
    /// Objects found within themselves; `[Circular *n]` counts from 1.
    circular: Vec<JsObject>,
    /// Characters written per indentation.
    budget: FxHashMap<usize, usize>,
    known: std::rc::Rc<Known>,
}

impl Formatter {
    pub(crate) fn new(options: Options, cx: &mut Context) -> JsResult<Self> {
        Ok(Self { options, indentation: 0, current_depth: 0, seen: Vec::new(), circular: Vec::new(), budget: FxHashMap::default(), known: Known::of(cx) })
    }

    /// `formatValue`: any value. `within_view` says that the buffer of a typed array is being shown.
    pub(crate) fn value(&mut self, value: &JsValue, level: i64, within_view: bool, cx: &mut Context) -> JsResult<Text> {
        match value.as_object() {
            Some(object) => self.object(&object, level, within_view, cx),
            None => self.primitive(value, cx),
        }
    }

    fn object(&mut self, context: &JsObject, level: i64, within_view: bool, cx: &mut Context) -> JsResult<Text> {
        let mut object = context.clone();
        let mut is_proxy = false;
        if let Some(parts) = context.proxy_parts() {
            let Some((target, handler)) = parts else {
                return self.special("<Revoked Proxy>", cx);
            };
            if self.options.show_proxy {
                return self.proxy(&target, &handler, level, cx);
            }
            // Node takes the target's first element for the target here.
            if target.get(0, cx)?.is_null() {
                return self.special("<Revoked Proxy>", cx);
            }
            object = target;
            is_proxy = true;
        }
        if self.options.custom_inspect
            && let Some(text) = self.custom(context, &object, is_proxy, level, cx)?
        {
            return Ok(text);
        }
        if self.seen.iter().any(|seen| JsObject::equals(seen, &object)) {
            let index = match self.circular.iter().position(|found| JsObject::equals(found, &object)) {
                Some(at) => at + 1,
                None => {
                    self.circular.push(object);
                    self.circular.len()
                }
            };
            return self.special(&format!("[Circular *{index}]"), cx);
        }
        self.raw(&object, level, within_view, cx)
    }

    /// Asks the object's own `[nodejs.util.inspect.custom]`.
    fn custom(&mut self, context: &JsObject, object: &JsObject, is_proxy: bool, level: i64, cx: &mut Context) -> JsResult<Option<Text>> {
        let symbol = self.known.custom.clone();
        let Some(custom) = object.get(symbol, cx)?.as_callable() else { return Ok(None) };
        let inspect = inspect_function(cx)?;
        if JsObject::equals(&custom, &inspect) {
            return Ok(None);
        }
        // A prototype that defines the function is itself shown plainly.
        if let Some(own) = object.own_property(&js_string!("constructor").into(), cx)?
            && let Some(constructor) = own.value().and_then(JsValue::as_object)
            && let Some(prototype) = constructor.get(js_string!("prototype"), cx)?.as_object()
            && JsObject::equals(&prototype, object)
        {
            return Ok(None);
        }
        let foreign = is_proxy || !self.known.is_object(context);
        let options = self.user_options(foreign, cx)?;
        let depth = self.options.depth.left(level);
        let given = custom.call(&context.clone().into(), &[depth, options.into(), inspect.into()], cx)?;
        if given.as_object().is_some_and(|given| JsObject::equals(&given, context)) {
            return Ok(None);
        }
        match given.as_string() {
            Some(text) => Ok(Some(Text::from_js(&text).indented(self.indentation))),
            None => self.value(&given, level, false, cx).map(Some),
        }
    }

    fn proxy(&mut self, target: &JsObject, handler: &JsObject, level: i64, cx: &mut Context) -> JsResult<Text> {
        if self.options.depth.excludes(level) {
            return self.special("Proxy [Array]", cx);
        }
        let level = level + 1;
        self.indentation += 2;
        let target = self.object(target, level, false, cx)?;
        let handler = self.object(handler, level, false, cx)?;
        self.indentation -= 2;
        self.joined(vec![target, handler], Text::new(), ["Proxy [".into(), "]".into()], Entries::ArrayExtras, level, None, cx)
    }

    /// `formatRaw`: an object, by what it is.
    fn raw(&mut self, object: &JsObject, level: i64, within_view: bool, cx: &mut Context) -> JsResult<Text> {
        let mut inherited = Vec::new();
        let with_inherited = self.options.show_hidden && !self.options.depth.excludes(level);
        let constructor = self.constructor_name(object, level, with_inherited.then_some(&mut inherited), cx)?;
        let tag = self.tag(object, cx)?;
        let mut plan = Plan::new(constructor, tag, inherited);
        let iterable = plan.constructor.is_none() || object.has_property(JsSymbol::iterator(), cx)?;
        let kind = object.kind();
        let done = match iterable {
            true => match self.plan_iterable(object, kind, &mut plan, cx)? {
                Planned::No => self.plan_plain(object, kind, level, within_view, &mut plan, cx)?,
                planned => planned,
            },
            false => self.plan_plain(object, kind, level, within_view, &mut plan, cx)?,
        };
        if let Planned::Done(text) = done {
            return Ok(text);
        }
        if self.options.depth.excludes(level) {
            let mut name = self.context_name(object, &plan.constructor, &plan.tag, cx);
            if plan.constructor.is_some() {
                name = bracketed(&name);
            }
            return self.styled(name, Style::Special, cx);
        }
        self.planned(object, plan, level + 1, within_view, cx)
    }

    /// Writes what was planned: the contents, the properties, and all of it in lines.
    fn planned(&mut self, object: &JsObject, plan: Plan, level: i64, within_view: bool, cx: &mut Context) -> JsResult<Text> {
        if self.seen.len() >= NESTING_MAX {
            let name = self.context_name(object, &plan.constructor, &plan.tag, cx).to_string_lossy().into_owned();
            return self.special(&format!("[{name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]"), cx);
        }
        let Plan { mut base, mut braces, keys, extra_keys, contents, entries, inherited, .. } = plan;
        self.seen.push(object.clone());
        self.current_depth = level;
        let key_count = keys.len();
        let mut keys = keys;
        let mut output = self.contents(contents, object, level, &mut keys, &mut braces, cx)?;
        let in_view = within_view || matches!(object.kind(), ObjectKind::TypedArray(_)) && self.options.show_hidden;
        for key in extra_keys {
            output.push(self.extra_property(object, level, key, in_view, cx)?);
        }
        for key in &keys {
            output.push(self.property(object, level, key, KeyRole::of(entries), None, None, cx)?);
        }
        output.extend(inherited);
        if let Some(at) = self.circular.iter().position(|found| JsObject::equals(found, object)) {
            let mut reference = self.special(&format!("<ref *{}>", at + 1), cx)?;
            if self.options.compact == Compact::Old {
                reference.push_ascii(b' ');
                reference.push(&braces[0]);
                braces[0] = reference;
            } else {
                if !base.is_empty() {
                    reference.push_ascii(b' ');
                    reference.push(&base);
                }
                base = reference;
            }
        }
        self.seen.pop();
        self.sort(&mut output, entries, key_count, cx)?;
        let text = self.joined(output, base, braces, entries, level, Some(object), cx)?;
        let written = self.budget.entry(self.indentation).or_default();
        *written += text.units();
        if *written > BUDGET_MAX {
            self.options.depth = Depth::at(-1.0);
        }
        Ok(text)
    }

    /// What has no entries of its own, or is not iterated.
    fn plan_plain(&mut self, object: &JsObject, kind: ObjectKind, level: i64, within_view: bool, plan: &mut Plan, cx: &mut Context) -> JsResult<Planned> {
        plan.keys = self.keys(object, cx)?;
        plan.braces = ["{".into(), "}".into()];
        if object.is_callable() {
            plan.base = self.function_base(object, plan, cx)?;
            if plan.is_bare() {
                let base = std::mem::take(&mut plan.base);
                return self.styled(base, Style::Special, cx).map(Planned::Done);
            }
            return Ok(Planned::Yes);
        }
        if plan.constructor.as_ref().is_some_and(|name| name.as_bytes() == b"Object") {
            if kind == ObjectKind::Arguments {
                plan.braces[0] = "[Arguments] {".into();
            } else if !plan.tag.is_empty() {
                plan.braces[0] = plan.opened("Object");
            }
            if plan.is_bare() {
                let mut text = std::mem::take(&mut plan.braces[0]);
                text.push_ascii(b'}');
                return Ok(Planned::Done(text));
            }
            return Ok(Planned::Yes);
        }
        match kind {
            ObjectKind::RegExp => return self.plan_regexp(object, level, plan, cx),
            ObjectKind::Date => return self.plan_date(object, plan, cx),
            _ if self.known.is_error(object, kind) => {
                plan.base = self.error_base(object, plan, cx)?;
                if plan.is_bare() {
                    return Ok(Planned::Done(std::mem::take(&mut plan.base)));
                }
            }
            ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer => {
                let name = if kind == ObjectKind::ArrayBuffer { "ArrayBuffer" } else { "SharedArrayBuffer" };
                plan.braces[0] = plan.opened(name);
                if !within_view {
                    plan.contents = Contents::Bytes;
                } else if plan.is_bare() {
                    let length = object.get(js_string!("byteLength"), cx)?;
                    let mut text = std::mem::take(&mut plan.braces[0]);
                    text.push_str(" [byteLength]: ");
                    let length = primitive::number(length.to_number(cx)?, false);
                    let length = self.styled(length, Style::Number, cx)?;
                    text.push(&length);
                    text.push_str(" }");
                    return Ok(Planned::Done(text));
                }
                plan.extra_keys = &["byteLength"];
            }
            ObjectKind::DataView => {
                plan.braces[0] = plan.opened("DataView");
                plan.extra_keys = &["byteLength", "byteOffset", "buffer"];
            }
            ObjectKind::Promise => {
                plan.braces[0] = plan.opened("Promise");
                plan.contents = Contents::Promise;
            }
            ObjectKind::WeakSet => {
                plan.braces[0] = plan.opened("WeakSet");
                plan.contents = Contents::Unknown;
            }
            ObjectKind::WeakMap => {
                plan.braces[0] = plan.opened("WeakMap");
                plan.contents = Contents::Unknown;
            }
            ObjectKind::ModuleNamespace => {
                plan.braces[0] = plan.opened("Module");
                plan.contents = Contents::Namespace;
            }
            ObjectKind::Boolean | ObjectKind::Number | ObjectKind::String | ObjectKind::Symbol | ObjectKind::BigInt => {
                plan.base = self.boxed_base(object, kind, plan, cx)?;
                if plan.is_bare() {
                    return Ok(Planned::Done(std::mem::take(&mut plan.base)));
                }
            }
            _ => return self.plan_other(object, level, plan, cx),
        }
        Ok(Planned::Yes)
    }

    fn plan_other(&mut self, object: &JsObject, level: i64, plan: &mut Plan, cx: &mut Context) -> JsResult<Planned> {
        if !self.options.depth.excludes(level)
            && let Some(href) = self.url(object, cx)?
        {
            if plan.is_bare() {
                return Ok(Planned::Done(href));
            }
            plan.base = href;
            return Ok(Planned::Yes);
        }
        let mut opened = self.context_prefix(object, &plan.constructor, &plan.tag, cx);
        opened.push_ascii(b'{');
        if plan.is_bare() {
            opened.push_ascii(b'}');
            return Ok(Planned::Done(opened));
        }
        plan.braces[0] = opened;
        Ok(Planned::Yes)
    }

    /// The address of a URL object.
    fn url(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Option<Text>> {
        let Some(href) = object.get(js_string!("href"), cx)?.as_string() else { return Ok(None) };
        let mut next = object.prototype();
        while let Some(prototype) = next {
            let own = prototype.own_property(&js_string!("constructor").into(), cx)?;
            let constructor = own.and_then(|own| own.value().and_then(JsValue::as_object));
            if constructor.and_then(|constructor| Host::of(cx).class_of_constructor(&constructor)).is_some_and(|class| class.name == "URL") {
                return Ok(Some(Text::from_js(&href)));
            }
            next = prototype.prototype();
        }
        Ok(None)
    }

    fn plan_regexp(&mut self, object: &JsObject, level: i64, plan: &mut Plan, cx: &mut Context) -> JsResult<Planned> {
        let regexp = JsRegExp::from_object(object.clone())?;
        let written = if plan.constructor.is_some() {
            JsString::from(regexp.to_string(cx)?)
        } else {
            let flags = object.regexp_parts().map(|(_, flags)| flags.to_std_string_lossy()).unwrap_or_default();
            JsString::from(format!("/{}/{flags}", regexp.source(cx)?))
        };
        let mut base = plan.named("RegExp", "RegExp ");
        base.push_js(written.as_str());
        let base = self.styled(base, Style::RegExp, cx)?;
        if plan.is_bare() || self.options.depth.excludes(level) {
            return Ok(Planned::Done(base));
        }
        plan.base = base;
        Ok(Planned::Yes)
    }

    fn plan_date(&mut self, object: &JsObject, plan: &mut Plan, cx: &mut Context) -> JsResult<Planned> {
        let valid = object.date_value().is_some_and(|time| !time.is_nan());
        let mut base = plan.named("Date", "Date ");
        if valid {
            let iso = JsDate::from_object(object.clone())?.to_iso_string(cx)?;
            base.push_js(iso.to_string(cx)?.as_str());
        } else {
            base.push_str("Invalid Date");
        }
        if plan.is_bare() {
            return self.styled(base, Style::Date, cx).map(Planned::Done);
        }
        plan.base = base;
        Ok(Planned::Yes)
    }

    fn boxed_base(&mut self, object: &JsObject, kind: ObjectKind, plan: &mut Plan, cx: &mut Context) -> JsResult<Text> {
        let (name, style) = match kind {
            ObjectKind::Number => ("Number", Style::Number),
            ObjectKind::String => ("String", Style::String),
            ObjectKind::Boolean => ("Boolean", Style::Boolean),
            ObjectKind::BigInt => ("BigInt", Style::BigInt),
            _ => ("Symbol", Style::Symbol),
        };
        let value = object.boxed_primitive().unwrap_or_default();
        if kind == ObjectKind::String {
            // The characters would be listed as properties.
            let length = value.as_string().map_or(0, |text| text.len());
            plan.keys.drain(..length.min(plan.keys.len()));
        }
        let mut base = Text::from("[");
        base.push_str(name);
        match &plan.constructor {
            None => base.push_str(" (null prototype)"),
            Some(constructor) if constructor.as_bytes() != name.as_bytes() => {
                base.push_str(" (");
                base.push(constructor);
                base.push_str(")");
            }
            Some(_) => {}
        }
        base.push_str(": ");
        let plain = std::mem::replace(&mut self.options.colors, false);
        let custom = self.options.stylize.take();
        let shown = self.primitive(&value, cx);
        self.options.colors = plain;
        self.options.stylize = custom;
        base.push(&shown?);
        base.push_ascii(b']');
        if !plan.tag.is_empty() && plan.constructor.as_ref() != Some(&plan.tag) {
            base.push_str(" [");
            base.push(&plan.tag);
            base.push_ascii(b']');
        }
        if !plan.keys.is_empty() {
            return Ok(base);
        }
        self.styled(base, style, cx)
    }

    /// `value[Symbol.toStringTag]` where it would not be listed among the properties anyway.
    fn tag(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Text> {
        let Ok(value) = object.get(JsSymbol::to_string_tag(), cx) else { return Ok(Text::new()) };
        let Some(tag) = value.as_string() else { return Ok(Text::new()) };
        if tag.is_empty() {
            return Ok(Text::new());
        }
        let own = object.own_property(&JsSymbol::to_string_tag().into(), cx)?;
        if own.is_some_and(|own| self.options.show_hidden || own.enumerable() == Some(true)) {
            return Ok(Text::new());
        }
        Ok(Text::from_js(&tag))
    }

    /// The own property keys to show: strings, then symbols.
    fn keys(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
        let keys = object.own_property_keys(cx)?;
        self.shown(object, keys, cx)
    }

    /// The own property keys of an array or typed array, without its elements.
    fn keys_beside_elements(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
        let keys = object.borrow().shape().keys();
        let (symbols, strings): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| matches!(key, PropertyKey::Symbol(_)));
        let mut keys = strings;
        keys.extend(symbols);
        self.shown(object, keys, cx)
    }

    fn shown(&mut self, object: &JsObject, mut keys: Vec<PropertyKey>, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
        let mut failed = None;
        let namespace = object.kind() == ObjectKind::ModuleNamespace;
        keys.retain(|key| {
            let internal = matches!(key, PropertyKey::Symbol(symbol) if is_slot(symbol));
            if internal || failed.is_some() {
                return false;
            }
            if self.options.show_hidden && !matches!(key, PropertyKey::Symbol(_)) {
                return true;
            }
            match object.own_property(key, cx) {
                Ok(Some(property)) if property.enumerable() == Some(true) => true,
                Ok(Some(_)) => match key {
                    PropertyKey::Symbol(symbol) => self.options.show_hidden && !Host::of(cx).is_internal_symbol(symbol),
                    _ => false,
                },
                Ok(None) => false,
                // A binding of a module that is not evaluated yet.
                Err(_) if namespace => true,
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        });
        failed.map_or(Ok(keys), Err)
    }

    pub(crate) fn special(&mut self, text: &str, cx: &mut Context) -> JsResult<Text> {
        self.styled(text.into(), Style::Special, cx)
    }
}

/// Whether a symbol is that of a slot: hidden state of native code.
fn is_slot(symbol: &JsSymbol) -> bool {
    symbol.description().is_some_and(|description| description == "coil.slot")
}

fn bracketed(text: &Text) -> Text {
    let mut made = Text::with_capacity(text.as_bytes().len() + 2);
    made.push_ascii(b'[');
    made.push(text);
    made.push_ascii(b']');
    made
}

/// How an object will be written.
pub(crate) struct Plan {
    pub(crate) constructor: Option<Text>,
    pub(crate) tag: Text,
    pub(crate) base: Text,
    pub(crate) braces: [Text; 2],
    pub(crate) keys: Vec<PropertyKey>,
    pub(crate) extra_keys: &'static [&'static str],
    pub(crate) contents: Contents,
    pub(crate) entries: Entries,
    pub(crate) inherited: Vec<Text>,
}

impl Plan {
    fn new(constructor: Option<Text>, tag: Text, inherited: Vec<Text>) -> Self {
        Self { constructor, tag, base: Text::new(), braces: [Text::new(), Text::new()], keys: Vec::new(), extra_keys: &[], contents: Contents::None, entries: Entries::Object, inherited }
    }

    /// No property is shown.
    fn is_bare(&self) -> bool {
        self.keys.is_empty() && self.inherited.is_empty()
    }

    /// `Name {`
    fn opened(&self, fallback: &str) -> Text {
        let mut text = names::prefix(self.constructor.as_ref(), &self.tag, fallback, "");
        text.push_ascii(b'{');
        text
    }

    /// The prefix, unless it is the usual one.
    fn named(&self, fallback: &str, usual: &str) -> Text {
        let prefix = names::prefix(self.constructor.as_ref(), &self.tag, fallback, "");
        if prefix.as_bytes() == usual.as_bytes() { Text::new() } else { prefix }
    }
}

/// What an object holds beside properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    None,
    Array,
    Set,
    Map,
    Numbers,
    Iterator,
    Bytes,
    Promise,
    Unknown,
    Namespace,
}

/// What came of planning.
enum Planned {
    /// Not this kind.
    No,
    /// To be written.
    Yes,
    /// Written already.
    Done(Text),
}

/// The level of an error's stack that is no text: nothing below it is on one line or too deep.
const UNMEASURED: i64 = i64::MIN / 2;

/// Deeper objects are cut: Rust's stack carries this many levels, and Node gives up at about as many.
const NESTING_MAX: usize = 1500;

/// Characters on one level after which only the outermost level is shown, so that a huge graph does not fill the memory.
const BUDGET_MAX: usize = 1 << 27;
