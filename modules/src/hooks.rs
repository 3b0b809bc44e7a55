//! Hooks that resolve and load modules: `module.registerHooks`, and `module.register` with `--experimental-loader`.
//!
//! The last one registered is asked first; each goes on to the next by `nextResolve` and `nextLoad`, and after the last comes what coil
//! does without hooks. Those of `registerHooks` are synchronous and see `require` and `import`; those of `register` may be asynchronous
//! and see `import` alone.
//!
//! Differs from Node: hooks of `register` run on the thread whose modules they load, while that thread waits for them.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, Trace,
    builtins::promise::PromiseState,
    bytes::ByteRange,
    js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
    property::PropertyDescriptor,
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::Mode,
    errors::{self, Base},
    op::thrown_value,
    table::{self, Export},
    validate,
};

use crate::{
    esm,
    files::Files,
    formats::{self, Format},
    urls, warnings,
};

/// What `registerHooks` gives.
static MODULE_HOOKS: Class = Class {
    name: "ModuleHooks",
    length: 2,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::function("deregister", 0, deregister)],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Registered {
    #[unsafe_ignore_trace]
    id: u64,
}

/// One pair of hooks.
#[derive(Clone)]
struct Hook {
    id: u64,
    resolve: Option<JsFunction>,
    load: Option<JsFunction>,
    /// It was registered with `register`: it may give promises, and its errors name it by this URL.
    loader: Option<String>,
}

/// The hooks of a host, in the order of registering.
#[derive(Default)]
struct Hooks {
    all: RefCell<Rc<Vec<Rc<Hook>>>>,
    next_id: Cell<u64>,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asker {
    /// `import`, static or not.
    Import,
    /// `require`: only synchronous hooks see it.
    Require,
}

/// What resolution came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    pub url: String,
    pub format: Option<String>,
    /// The `type` attribute a hook set.
    pub kind: Option<Option<String>>,
}

/// What loading came to.
pub(crate) struct Loaded {
    /// Nothing where `require` finds out by the syntax.
    pub format: Option<String>,
    pub source: Option<Vec<u8>>,
}

fn add(resolve: Option<JsFunction>, load: Option<JsFunction>, loader: Option<String>, cx: &Context) -> u64 {
    let hooks = Host::of(cx).state::<Hooks>();
    let id = hooks.next_id.get();
    hooks.next_id.set(id + 1);
    // A new list: who is being asked now is not disturbed.
    let mut all = hooks.all.borrow().as_ref().clone();
    all.push(Rc::new(Hook { id, resolve, load, loader }));
    *hooks.all.borrow_mut() = Rc::new(all);
    id
}

/// The hooks that `asker` meets, the one asked first at the end.
fn chain(asker: Asker, of: fn(&Hook) -> bool, cx: &Context) -> Option<Rc<Vec<Rc<Hook>>>> {
    let all = Host::of(cx).state::<Hooks>().all.borrow().clone();
    if all.is_empty() {
        return None;
    }
    let seen: Vec<Rc<Hook>> = all.iter().filter(|hook| of(hook) && (asker == Asker::Import || hook.loader.is_none())).cloned().collect();
    (!seen.is_empty()).then(|| Rc::new(seen))
}

/// Whether anybody has registered hooks.
pub(crate) fn any(cx: &Context) -> bool {
    !Host::of(cx).state::<Hooks>().all.borrow().is_empty()
}

/// `module.registerHooks({ resolve, load })`
pub(crate) fn register_hooks(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if given.is_null_or_undefined() {
        let shown = if given.is_null() { "null" } else { "undefined" };
        return Err(errors::plain(Base::Type, format!("Cannot destructure property 'resolve' of 'hooks' as it is {shown}.")));
    }
    let given = given.to_object(cx)?;
    let (resolve, load) = (given.get(js_string!("resolve"), cx)?, given.get(js_string!("load"), cx)?);
    let function = |value: &JsValue, name: &str, cx: &mut Context| -> JsResult<Option<JsFunction>> { if value.to_boolean() { validate::function(value, name, cx).map(Some) } else { Ok(None) } };
    let (resolve_hook, load_hook) = (function(&resolve, "hooks.resolve", cx)?, function(&load, "hooks.load", cx)?);
    let id = add(resolve_hook, load_hook, None, cx);
    let prototype = MODULE_HOOKS.prototype(cx)?;
    let made = JsObject::from_proto_and_data(prototype, Registered { id });
    made.create_data_property_or_throw(js_string!("resolve"), resolve, cx)?;
    made.create_data_property_or_throw(js_string!("load"), load, cx)?;
    Ok(made.into())
}

fn deregister(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = this.as_object().and_then(|object| object.downcast_ref::<Registered>().map(|registered| registered.id));
    let Some(id) = id else { return Err(errors::invalid_this("ModuleHooks", cx)) };
    let hooks = Host::of(cx).state::<Hooks>();
    let mut all = hooks.all.borrow().as_ref().clone();
    all.retain(|hook| hook.id != id);
    *hooks.all.borrow_mut() = Rc::new(all);
    Ok(JsValue::undefined())
}

/// `module.register(specifier[, parentURL][, options])`
pub(crate) fn register(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = |value: &JsValue, cx: &mut Context| -> JsResult<String> {
        let value = match value.as_object() {
            Some(url) => url.get(js_string!("href"), cx)?,
            None => value.clone(),
        };
        Ok(value.to_string(cx)?.to_std_string_lossy())
    };
    let specifier = text(args.get_or_undefined(0), cx)?;
    let (second, third) = (args.get_or_undefined(1), args.get_or_undefined(2));
    // `(specifier, options)`, where the second argument is neither text nor a URL.
    let is_options = match second.as_object() {
        Some(object) => object.get(js_string!("href"), cx)?.is_undefined(),
        None => false,
    };
    let options = if is_options { second } else { third };
    let mut parent = if is_options { JsValue::undefined() } else { second.clone() };
    let mut data = JsValue::undefined();
    if let Some(options) = options.as_object() {
        data = options.get(js_string!("data"), cx)?;
        if parent.is_undefined() {
            parent = options.get(js_string!("parentURL"), cx)?;
        }
    }
    let parent = if parent.is_undefined() { "data:".to_owned() } else { text(&parent, cx)? };
    add_loader(&specifier, &parent, data, cx)?;
    Ok(JsValue::undefined())
}

/// `--experimental-loader`
pub fn use_loader(specifier: &str, cx: &mut Context) -> JsResult<()> {
    let shown = specifier.replace('\\', "\\\\").replace('"', "\\\"");
    let message = format!(
        "`--experimental-loader` may be removed in the future; instead use `register()`:\n--import 'data:text/javascript,import {{ register }} from \"node:module\"; import {{ pathToFileURL }} from \"node:url\"; \
         register(\"{shown}\", pathToFileURL(\"./\"));'"
    );
    warnings::experimental_once(&message, cx)?;
    let base = urls::url_of_path(&format!("{}/", Host::of(cx).cwd()));
    add_loader(specifier, &base, JsValue::undefined(), cx)
}

fn add_loader(specifier: &str, parent: &str, data: JsValue, cx: &mut Context) -> JsResult<()> {
    let (url, promise) = esm::import_from(specifier, parent, true, cx)?;
    let namespace = awaited(&promise.into(), cx)?.to_object(cx)?;
    let mut function = |name: &str| -> JsResult<Option<JsFunction>> { Ok(namespace.get(js_string!(name), cx)?.as_function()) };
    let (initialize, resolve, load) = (function("initialize")?, function("resolve")?, function("load")?);
    if let Some(initialize) = initialize {
        let given = initialize.call(&JsValue::undefined(), &[data], cx)?;
        awaited(&given, cx)?;
    }
    add(resolve, load, Some(url), cx);
    Ok(())
}

/// What a promise settles to. This thread waits: its jobs and its loop go on meanwhile.
pub(crate) fn awaited(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    esm::nested(cx, |cx| awaited_now(value, cx))
}

fn awaited_now(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = value.as_object() else { return Ok(value.clone()) };
    let promise = match JsPromise::from_object(object.clone()) {
        Ok(promise) => promise,
        Err(_) => {
            // `then` is looked at once, as a promise does it.
            let Some(then) = object.get(js_string!("then"), cx)?.as_callable() else { return Ok(value.clone()) };
            let (promise, settle) = JsPromise::new_pending(cx);
            if let Err(error) = then.call(value, &[settle.resolve.clone().into(), settle.reject.clone().into()], cx) {
                let reason = thrown_value(error, cx);
                settle.reject.call(&JsValue::undefined(), &[reason], cx)?;
            }
            promise
        }
    };
    // The error is thrown here, so the promise counts as handled.
    promise.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
    let host = Host::of(cx);
    loop {
        match promise.state() {
            PromiseState::Fulfilled(value) => return Ok(value),
            PromiseState::Rejected(reason) => return Err(JsError::from_opaque(reason)),
            PromiseState::Pending => {}
        }
        host.drain_within(cx);
        if !matches!(promise.state(), PromiseState::Pending) {
            continue;
        }
        if host.exit_code().is_some() || !host.event_loop().turn(Mode::Once, cx) && !host.has_queued() && matches!(promise.state(), PromiseState::Pending) {
            return Err(errors::plain(Base::Error, "A module hook gave a promise that never settles"));
        }
    }
}

/// The object that hooks get as context.
fn context(fields: &[(&str, JsValue)], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    context_of(fields, object, cx)
}

fn context_of(fields: &[(&str, JsValue)], object: JsObject, cx: &mut Context) -> JsResult<JsObject> {
    for (key, value) in fields {
        object.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
    }
    Ok(object)
}

fn strings(list: &[&str], cx: &mut Context) -> JsValue {
    let values: Vec<JsValue> = list.iter().map(|text| js_string!(*text).into()).collect();
    JsArray::from_iter(values, cx).into()
}

fn conditions_of(asker: Asker, cx: &mut Context) -> JsValue {
    let state = Host::of(cx).state::<crate::cjs::State>();
    let given = state.resolver.conditions.borrow().clone();
    let base: &[&str] = if asker == Asker::Import { crate::resolve::IMPORT } else { &["require", "node", "node-addons", "module-sync"] };
    let list = state.resolver.counting(base, &given);
    strings(&list, cx)
}

fn attributes_object(kind: Option<&str>, cx: &mut Context) -> JsResult<JsObject> {
    let attributes = JsObject::with_null_proto();
    if let Some(kind) = kind {
        attributes.create_data_property_or_throw(js_string!("type"), js_string!(kind), cx)?;
    }
    Ok(attributes)
}

/// Resolves through the hooks; nothing where there are none.
pub(crate) fn resolve(specifier: &str, parent: Option<&str>, kind: Option<&str>, asker: Asker, cx: &mut Context) -> JsResult<Option<Resolved>> {
    let Some(chain) = chain(asker, |hook| hook.resolve.is_some(), cx) else { return Ok(None) };
    let attributes = if asker == Asker::Import { attributes_object(kind, cx)?.into() } else { JsValue::undefined() };
    let parent = parent.map_or_else(JsValue::undefined, |parent| js_string!(parent).into());
    let conditions = conditions_of(asker, cx);
    let context = context(&[("conditions", conditions), ("importAttributes", attributes), ("parentURL", parent)], cx)?;
    let step = Step { chain: chain.clone(), at: chain.len(), what: What::Resolve, asker };
    let result = step.run(&js_string!(specifier).into(), &context, cx)?.to_object(cx)?;
    let url = result.get(js_string!("url"), cx)?.to_string(cx)?.to_std_string_lossy();
    let format = result.get(js_string!("format"), cx)?.as_string().map(|format| format.to_std_string_lossy());
    let kind = match result.get(js_string!("importAttributes"), cx)?.as_object() {
        Some(attributes) => Some(attributes.get(js_string!("type"), cx)?.as_string().map(|kind| kind.to_std_string_lossy())),
        None => None,
    };
    Ok(Some(Resolved { url, format, kind }))
}

/// Loads through the hooks; nothing where there are none.
pub(crate) fn load(url: &str, format: Option<&str>, kind: Option<&str>, asker: Asker, cx: &mut Context) -> JsResult<Option<Loaded>> {
    let Some(chain) = chain(asker, |hook| hook.load.is_some(), cx) else { return Ok(None) };
    let attributes = if asker == Asker::Import { attributes_object(kind, cx)?.into() } else { JsValue::undefined() };
    let format = match format {
        Some(format) => js_string!(format).into(),
        None => declared(url, asker, cx)?,
    };
    let conditions = conditions_of(asker, cx);
    let context = context(&[("conditions", conditions), ("format", format), ("importAttributes", attributes)], cx)?;
    let step = Step { chain: chain.clone(), at: chain.len(), what: What::Load, asker };
    let result = step.run(&js_string!(url).into(), &context, cx)?.to_object(cx)?;
    let format = result.get(js_string!("format"), cx)?;
    let source = result.get(js_string!("source"), cx)?;
    let source = if source.is_null_or_undefined() { None } else { bytes_of(&source, cx)? };
    if asker == Asker::Require && format.is_null_or_undefined() {
        return Ok(Some(Loaded { format: None, source }));
    }
    let Some(format) = format.as_string() else {
        let shown = if format.is_undefined() { "undefined".to_owned() } else { format.display().to_string() };
        return Err(errors::coded(Base::Range, "ERR_UNKNOWN_MODULE_FORMAT", format!("Unknown module format: {shown} for URL {url}"), cx));
    };
    Ok(Some(Loaded { format: Some(format.to_std_string_lossy()), source }))
}

/// What hooks are told of a format before the source is read: null where the syntax decides.
fn declared(url: &str, asker: Asker, cx: &mut Context) -> JsResult<JsValue> {
    Ok(match formats::declared(url, cx)? {
        Format::Is(format) => js_string!(format).into(),
        Format::BySyntax(_) if asker == Asker::Import => JsValue::null(),
        Format::BySyntax(path) if formats::is_type_script(&path) => js_string!("typescript").into(),
        Format::BySyntax(_) | Format::Unknown => JsValue::undefined(),
    })
}

/// The bytes of a source: text, a buffer, or a view of one.
fn bytes_of(source: &JsValue, _cx: &mut Context) -> JsResult<Option<Vec<u8>>> {
    if let Some(text) = source.as_string() {
        return Ok(Some(text.to_std_string_lossy().into_bytes()));
    }
    let Some(object) = source.as_object() else { return Ok(None) };
    Ok(ByteRange::of(&object).map(|range| range.to_vec()))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    Resolve,
    Load,
}

impl What {
    fn name(self) -> &'static str {
        if self == Self::Resolve { "resolve" } else { "load" }
    }

    fn next_name(self) -> &'static str {
        if self == Self::Resolve { "nextResolve" } else { "nextLoad" }
    }
}

/// One place in a chain: the hooks below `at` are still to be asked.
#[derive(Clone, Trace, Finalize)]
struct Step {
    #[unsafe_ignore_trace]
    chain: Rc<Vec<Rc<Hook>>>,
    #[unsafe_ignore_trace]
    at: usize,
    #[unsafe_ignore_trace]
    what: What,
    #[unsafe_ignore_trace]
    asker: Asker,
}

/// What `next` of one call holds.
#[derive(Clone, Trace, Finalize)]
struct Next {
    step: Step,
    context: JsObject,
    #[unsafe_ignore_trace]
    called: Rc<Cell<bool>>,
    #[unsafe_ignore_trace]
    is_async: bool,
    /// How errors name the hook that calls.
    #[unsafe_ignore_trace]
    name: Rc<str>,
}

impl Step {
    /// Asks the hook at this place, or does what comes after all of them.
    fn run(&self, subject: &JsValue, context: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
        let Some(hook) = self.at.checked_sub(1).and_then(|at| self.chain.get(at)).cloned() else { return self.default(subject, context, cx) };
        let call = if self.what == What::Resolve { &hook.resolve } else { &hook.load };
        let Some(call) = call.clone() else { return Err(errors::plain(Base::Error, "a hook of the chain is missing")) };
        let is_async = hook.loader.is_some();
        let called = Rc::new(Cell::new(false));
        let name: Rc<str> = hook.loader.as_ref().map_or_else(|| self.what.name().into(), |loader| format!("{loader} '{}'", self.what.name()).into());
        let next =
            Next { step: Self { at: self.at - 1, chain: self.chain.clone(), what: self.what, asker: self.asker }, context: context.clone(), called: called.clone(), is_async, name: name.clone() };
        let next = table::closure(self.what.next_name(), 2, next, go_on, cx);
        if is_async {
            JsObject::from(next.clone()).set_prototype(Some(cx.intrinsics().constructors().async_function().prototype()));
            offer_assertions(context, cx)?;
        }
        let result = call.call(&JsValue::undefined(), &[subject.clone(), context.clone().into(), next.into()], cx)?;
        let result = if is_async { awaited(&result, cx)? } else { result };
        if let Some(object) = result.as_object().filter(|_| is_async && self.what == What::Resolve) {
            take_assertions(&object, cx)?;
        }
        self.check(&hook, &name, &result, called.get(), cx)?;
        Ok(result)
    }

    /// What a hook may give.
    fn check(&self, hook: &Hook, name: &str, result: &JsValue, next_called: bool, cx: &mut Context) -> JsResult<()> {
        let what = self.what.name();
        let hook_name = if hook.loader.is_some() { format!("{name} hook's {}()", self.what.next_name()) } else { format!("\"{what}\" hook") };
        let Some(object) = result.as_object() else {
            let shown = errors::describe_received(result, cx);
            let message = if hook.loader.is_some() {
                format!("Expected an object to be returned from the \"{hook_name}\" function but got {shown}.")
            } else {
                format!("Expected an object to be returned from the \"{what}\" hook but got {shown}.")
            };
            return Err(errors::coded(Base::Type, "ERR_INVALID_RETURN_VALUE", message, cx));
        };
        let short = object.get(js_string!("shortCircuit"), cx)?;
        if !next_called && short.as_boolean() != Some(true) {
            if hook.loader.is_some() {
                let message = format!(
                    "\"{name}\" did not call the next hook in its chain and did not explicitly signal a short circuit. If this is intentional, include `shortCircuit: true` in the hook's return."
                );
                return Err(errors::coded(Base::Error, "ERR_LOADER_CHAIN_INCOMPLETE", message, cx));
            }
            return Err(bad_property("true", "shortCircuit", what, &short, cx));
        }
        let what = if hook.loader.is_some() { name } else { what };
        let format = object.get(js_string!("format"), cx)?;
        if hook.loader.is_some() && !format.is_null_or_undefined() && !format.is_string() {
            return Err(bad_property("a string", "format", what, &format, cx));
        }
        match self.what {
            What::Resolve => {
                let url = object.get(js_string!("url"), cx)?;
                let fits = url.as_string().is_some_and(|url| is_url(&url.to_std_string_lossy()));
                if !fits {
                    return Err(bad_property("a URL string", "url", what, &url, cx));
                }
            }
            What::Load => {
                let source = object.get(js_string!("source"), cx)?;
                let format = object.get(js_string!("format"), cx)?;
                let needs = !format.as_string().is_some_and(|format| ["builtin", "commonjs", "commonjs-sync", "require-commonjs"].contains(&format.to_std_string_lossy().as_str()));
                let missing = source.is_null_or_undefined();
                let fits = source.is_string() || source.as_object().is_some_and(|object| ByteRange::of(&object).is_some());
                if if missing { needs } else { !fits } {
                    return Err(bad_property("a string, an ArrayBuffer, or a TypedArray", "source", what, &source, cx));
                }
            }
        }
        Ok(())
    }

    fn default(&self, subject: &JsValue, context: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
        let text = subject.to_string(cx)?.to_std_string_lossy();
        let kind = match context.get(js_string!("importAttributes"), cx)?.as_object() {
            Some(attributes) => attributes.get(js_string!("type"), cx)?.as_string().map(|kind| kind.to_std_string_lossy()),
            None => None,
        };
        match self.what {
            What::Resolve => {
                let parent = context.get(js_string!("parentURL"), cx)?.as_string().map(|parent| parent.to_std_string_lossy());
                let conditions = crate::cjs::string_list(&context.get(js_string!("conditions"), cx)?, cx)?;
                let url = esm::resolve_default(&text, parent.as_deref(), &conditions, self.asker, cx)?;
                // `require` looks at the file only when it loads it.
                let format = if self.asker == Asker::Require && !text.starts_with("node:") { JsValue::undefined() } else { declared(&url, self.asker, cx)? };
                let result = context_of(&[("url", js_string!(url).into()), ("format", format)], JsObject::with_null_proto(), cx)?;
                Ok(result.into())
            }
            What::Load => {
                let format = context.get(js_string!("format"), cx)?.as_string().map(|format| format.to_std_string_lossy());
                let (format, source) = load_default(&text, format, kind.as_deref(), self.asker, cx)?;
                let format = format.map_or_else(JsValue::undefined, |format| js_string!(format).into());
                object(&[("format", format), ("responseURL", subject.clone()), ("source", source)], cx)
            }
        }
    }
}

fn object(fields: &[(&str, JsValue)], cx: &mut Context) -> JsResult<JsValue> {
    context(fields, cx).map(JsValue::from)
}

fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
}

fn bad_property(expected: &str, property: &str, what: &str, value: &JsValue, cx: &mut Context) -> JsError {
    let shown = errors::describe_received(value, cx);
    let message = format!("Expected {expected} to be returned for the \"{property}\" from the \"{what}\" hook but got {shown}.");
    errors::coded(Base::Type, "ERR_INVALID_RETURN_PROPERTY_VALUE", message, cx)
}

/// `nextResolve(specifier[, context])`, `nextLoad(url[, context])`
fn go_on(_this: &JsValue, args: &[JsValue], next: &Next, cx: &mut Context) -> JsResult<JsValue> {
    next.called.set(true);
    let result = go_on_now(args, next, cx);
    if !next.is_async {
        return result;
    }
    Ok(match result {
        Ok(value) => JsPromise::resolve(value, cx)?.into(),
        Err(error) => JsPromise::reject(error, cx)?.into(),
    })
}

fn go_on_now(args: &[JsValue], next: &Next, cx: &mut Context) -> JsResult<JsValue> {
    let (subject, given) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let name = if next.is_async { &next.name } else { "node:internal/modules/esm/loader" };
    let what = next.step.what;
    if !next.is_async {
        let place = if what == What::Resolve { "node:internal/modules/esm/resolve 'resolve' hook's nextResolve() specifier" } else { "node:internal/modules/esm/load 'load' hook's nextLoad() url" };
        check_subject(what, subject, place, cx)?;
    } else {
        let place = format!("{name} hook's {}() {}", what.next_name(), if what == What::Resolve { "specifier" } else { "url" });
        check_subject(what, subject, &place, cx)?;
    }
    if !given.is_undefined() {
        validate::object(given, &format!("{name} hook's {}() context", what.next_name()), cx)?;
    }
    let merged = JsObject::with_object_proto(cx.intrinsics());
    for source in [Some(next.context.clone()), given.as_object()].into_iter().flatten() {
        for key in source.own_property_keys(cx)? {
            // What hidden properties hold is no part of the context.
            if !source.own_property(&key, cx)?.is_some_and(|found| found.enumerable() == Some(true)) {
                continue;
            }
            let value = source.get(key.clone(), cx)?;
            merged.create_data_property_or_throw(key, value, cx)?;
        }
    }
    if next.is_async {
        take_assertions(&merged, cx)?;
    }
    next.step.run(subject, &merged, cx)
}

fn warn_of_assertions(cx: &mut Context) -> JsResult<()> {
    warnings::experimental_once("Use `importAttributes` instead of `importAssertions`", cx)
}

/// Gives a context `importAssertions`, the old name of `importAttributes`.
fn offer_assertions(context: &JsObject, cx: &mut Context) -> JsResult<()> {
    let get = table::function(
        |this, _args, cx| {
            warn_of_assertions(cx)?;
            this.to_object(cx)?.get(js_string!("importAttributes"), cx)
        },
        js_string!("importAssertions"),
        0,
        cx,
    );
    let set = table::function(
        |this, args, cx| {
            warn_of_assertions(cx)?;
            this.to_object(cx)?.set(js_string!("importAttributes"), args.get_or_undefined(0).clone(), true, cx)?;
            Ok(JsValue::undefined())
        },
        js_string!("importAssertions"),
        1,
        cx,
    );
    let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(false).configurable(true);
    context.define_property_or_throw(js_string!("importAssertions"), accessor, cx).map(drop)
}

/// What a hook gave under the old name counts under the new one.
fn take_assertions(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let key = js_string!("importAssertions");
    if !object.has_own_property(key.clone(), cx)? {
        return Ok(());
    }
    warn_of_assertions(cx)?;
    let given = object.get(key, cx)?;
    object.set(js_string!("importAttributes"), given, true, cx).map(drop)
}

fn check_subject(what: What, subject: &JsValue, place: &str, cx: &mut Context) -> JsResult<()> {
    let Some(text) = subject.as_string() else { return Err(errors::invalid_arg_type(place, "string", subject, cx)) };
    if what == What::Load && !is_url(&text.to_std_string_lossy()) {
        return Err(errors::invalid_arg_value(place, subject, "should be a URL string", cx));
    }
    Ok(())
}

/// What is loaded without hooks: the format, and the source: for `import` a Buffer, for `require` a text.
fn load_default(url: &str, format: Option<String>, kind: Option<&str>, asker: Asker, cx: &mut Context) -> JsResult<(Option<String>, JsValue)> {
    if url.starts_with("node:") {
        return Ok((Some("builtin".to_owned()), JsValue::undefined()));
    }
    let bytes = if let Some(path) = urls::path_of_url(url) {
        let text = Files::text(&path, Host::of(cx).sys()).map_err(|error| errors::system(&error, cx))?;
        text.into_bytes()
    } else if let Some(data) = url.strip_prefix("data:") {
        urls::data_body(data).into_bytes()
    } else {
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(formats::unsupported_scheme(scheme, cx));
    };
    if asker == Asker::Require {
        return Ok((format, js_string!(String::from_utf8_lossy(&bytes).as_ref()).into()));
    }
    let format = match format {
        Some(format) => format,
        None => match (formats::of(url, cx)?, urls::path_of_url(url)) {
            (Some(format), _) => format.to_owned(),
            (None, Some(path)) => return Err(formats::unknown_extension(formats::extension(&path), &path, cx)),
            (None, None) => return Ok((None, buffer(&bytes, cx)?)),
        },
    };
    formats::check_attributes(url, &format, kind, cx)?;
    Ok((Some(format), buffer(&bytes, cx)?))
}

/// A Buffer of these bytes.
fn buffer(bytes: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    let class = cx.global_object().get(js_string!("Buffer"), cx)?;
    let prototype = match class.as_object() {
        Some(class) => class.get(js_string!("prototype"), cx)?.as_object(),
        None => None,
    };
    boa_engine::bytes::uint8_array(boa_engine::bytes::copied(bytes), prototype.as_ref(), cx).map(JsValue::from)
}
