//! `vm.SourceTextModule` and `vm.SyntheticModule`: modules that the script links itself (with `--experimental-vm-modules`).
//!
//! Differs from Node: a module lives as long as its runtime.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Module, Source,
    ast::{
        ModuleItem,
        declaration::{ExportDeclaration, ImportAttribute},
        operations::{ContainsSymbol, contains},
        scope::Scope,
    },
    builtins::promise::PromiseState,
    interner::{Interner, Sym},
    js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
    parser::Parser,
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    import_hooks::{ImportHooks, ModuleImports, Request},
    op::thrown_value,
    table::{self, Export, Symbol},
    validate,
};

use super::{contexts, options};
use crate::coroutine::{self, Co, run};

/// `vm.Module`
static MODULE: Class = Class {
    name: "Module",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, _cx| Err(errors::plain(Base::Type, "Module is not a constructor")),
    prototype: &[
        Export::getter("identifier", |this, _args, cx| look(this, cx, |state| state.identifier.clone().into())),
        Export::getter("context", |this, _args, cx| look(this, cx, |state| state.context.clone())),
        Export::getter("namespace", namespace),
        Export::getter("status", |this, _args, cx| look(this, cx, |state| js_string!(state.status.get().name()).into())),
        Export::getter("error", |this, _args, cx| {
            let (status, error) = look(this, cx, |state| (state.status.get(), state.error.borrow().clone()))?;
            if status == Status::Errored { Ok(error) } else { Err(status_error("must be errored", cx)) }
        }),
        Export::function("link", 1, link),
        Export::function("evaluate", 0, evaluate),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
    ],
    statics: &[],
};

/// `vm.SourceTextModule`
static SOURCE_TEXT_MODULE: Class = Class {
    name: "SourceTextModule",
    length: 1,
    extends: Parent::Class(&MODULE),
    kind: Kind::Allocating,
    init: construct_source,
    prototype: &[
        Export::function("linkRequests", 1, link_requests),
        Export::function("instantiate", 0, |this, _args, cx| {
            let object = receiver(this, cx)?;
            instantiate(&object, cx)?;
            Ok(JsValue::undefined())
        }),
        Export::getter("dependencySpecifiers", dependency_specifiers),
        Export::getter("moduleRequests", module_requests),
        Export::function("hasAsyncGraph", 0, |this, _args, cx| {
            let object = receiver(this, cx)?;
            if matches!(state_of(&object, |state| state.status.get()), Some(Status::Unlinked | Status::Linking) | None) {
                return Err(status_error("must be instantiated", cx));
            }
            Ok(has_async_graph(&object, &mut Vec::new()).into())
        }),
        Export::function("hasTopLevelAwait", 0, |this, _args, cx| look(this, cx, |state| state.awaits.into())),
        Export::function("createCachedData", 0, |this, _args, cx| {
            if matches!(look(this, cx, |state| state.status.get())?, Status::Evaluating | Status::Evaluated | Status::Errored) {
                let message = "Cached data cannot be created for a module which has been evaluated";
                return Err(errors::coded(Base::Error, "ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA", message, cx));
            }
            let code = look(this, cx, |state| state.code.clone())?;
            super::cached_data(&code, cx)
        }),
    ],
    statics: &[],
};

/// `vm.SyntheticModule`
static SYNTHETIC_MODULE: Class = Class {
    name: "SyntheticModule",
    length: 2,
    extends: Parent::Class(&MODULE),
    kind: Kind::Allocating,
    init: construct_synthetic,
    prototype: &[
        Export::function("link", 0, |this, _args, cx| {
            receiver(this, cx)?;
            Ok(JsPromise::resolve(JsValue::undefined(), cx)?.into())
        }),
        Export::function("setExport", 2, set_export),
    ],
    statics: &[],
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    Unlinked,
    Linking,
    Linked,
    Evaluating,
    Evaluated,
    Errored,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::Linking => "linking",
            Self::Linked => "linked",
            Self::Evaluating => "evaluating",
            Self::Evaluated => "evaluated",
            Self::Errored => "errored",
        }
    }
}

/// What stands behind a module object.
#[derive(Trace, Finalize, JsData)]
struct State {
    module: Module,
    #[unsafe_ignore_trace]
    status: Cell<Status>,
    identifier: JsString,
    context: JsValue,
    #[unsafe_ignore_trace]
    own_microtasks: bool,
    error: GcRefCell<JsValue>,
    #[unsafe_ignore_trace]
    requests: Vec<Request>,
    #[unsafe_ignore_trace]
    awaits: bool,
    /// The modules of `requests`, once they are known.
    linked: GcRefCell<Option<Vec<JsObject>>>,
    specifiers: GcRefCell<Option<JsObject>>,
    shown_requests: GcRefCell<Option<JsObject>>,
    evaluated: GcRefCell<Option<JsObject>>,
    #[unsafe_ignore_trace]
    code: String,
    /// Of a synthetic module.
    synthetic: GcRefCell<Option<Synthetic>>,
}

#[derive(Clone, Trace, Finalize)]
struct Synthetic {
    names: Vec<JsString>,
    /// What was set before the module had places for it.
    values: Vec<Option<JsValue>>,
    /// Sets one of its variables: `(index, value)`.
    place: Option<JsFunction>,
}

/// Puts the classes on `vm`, as `--experimental-vm-modules` asks.
pub fn offer(cx: &mut Context) -> JsResult<()> {
    let Some(vm) = Host::of(cx).builtin("vm") else { return Ok(()) };
    let exports = table::instantiate(vm, cx)?;
    for (name, class) in [("Module", &MODULE), ("SourceTextModule", &SOURCE_TEXT_MODULE), ("SyntheticModule", &SYNTHETIC_MODULE)] {
        let constructor = class.constructor(cx)?;
        exports.create_data_property_or_throw(js_string!(name), constructor, cx)?;
    }
    Ok(())
}

/// The module behind what an `importModuleDynamically` gave: a module object, or a namespace.
pub(super) fn module_of(value: &JsValue, cx: &mut Context) -> JsResult<Module> {
    if let Some(object) = value.as_object() {
        if let Some((module, status, error)) = state_of(&object, |state| (state.module.clone(), state.status.get(), state.error.borrow().clone())) {
            return if status == Status::Errored { Err(JsError::from_opaque(error)) } else { Ok(module) };
        }
        let known = Host::of(cx).state::<ImportHooks>().modules.borrow().iter().map(|(module, _)| module.clone()).collect::<Vec<_>>();
        for module in known {
            if JsObject::equals(&module.namespace(cx), &object) {
                return Ok(module);
            }
        }
    }
    Err(errors::coded(Base::Error, "ERR_VM_MODULE_NOT_MODULE", "Provided module is not an instance of Module", cx))
}

fn state_of<T>(object: &JsObject, read: impl FnOnce(&State) -> T) -> Option<T> {
    object.downcast_ref::<State>().map(|state| read(&state))
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    this.as_object().filter(|object| object.is::<State>()).ok_or_else(|| errors::invalid_this("Module", cx))
}

fn look<T>(this: &JsValue, cx: &mut Context, read: impl FnOnce(&State) -> T) -> JsResult<T> {
    let object = receiver(this, cx)?;
    state_of(&object, read).ok_or_else(|| errors::invalid_this("Module", cx))
}

fn status_error(rest: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_VM_MODULE_STATUS", format!("Module status {rest}"), cx)
}

/// The options both classes share.
struct Common {
    identifier: JsString,
    context: JsValue,
    record: Option<contexts::Record>,
}

/// How many modules a context has numbered.
#[derive(Default)]
struct Numbers(std::cell::RefCell<Vec<(Option<JsObject>, u32)>>);

fn next_number(context: Option<&JsObject>, cx: &Context) -> u32 {
    let numbers = Host::of(cx).state::<Numbers>();
    let mut numbers = numbers.0.borrow_mut();
    let same = |known: &Option<JsObject>| match (known, context) {
        (Some(known), Some(context)) => JsObject::equals(known, context),
        (None, None) => true,
        _ => false,
    };
    match numbers.iter_mut().find(|(known, _)| same(known)) {
        Some((_, next)) => {
            *next += 1;
            *next - 1
        }
        None => {
            numbers.push((context.cloned(), 1));
            0
        }
    }
}

fn common(options: Option<&JsObject>, cx: &mut Context) -> JsResult<Common> {
    let get = |key: &'static str, cx: &mut Context| match options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let context = get("context", cx)?;
    let mut record = None;
    if !context.is_undefined() {
        let object = match context.as_object() {
            Some(object) => object,
            None => return Err(errors::invalid_arg_type("context", "object", &context, cx)),
        };
        record = contexts::of(&object, cx)?;
        if record.is_none() {
            return Err(errors::invalid_arg_type("options.context", "vm.Context", &context, cx));
        }
    }
    let identifier = get("identifier", cx)?;
    let identifier =
        if identifier.is_undefined() { js_string!(format!("vm:module({})", next_number(context.as_object().as_ref(), cx))) } else { validate::string(&identifier, "options.identifier", cx)? };
    Ok(Common { identifier, context, record })
}

fn resolved(interner: &Interner, sym: Sym) -> String {
    interner.resolve_expect(sym).to_string()
}

/// The static imports of a text in their order, and whether it awaits at top level.
fn read(code: &str) -> (Vec<Request>, bool) {
    let mut interner = Interner::default();
    let Ok(module) = Parser::new(Source::from_bytes(code.as_bytes())).parse_module(&Scope::new_global(), &mut interner) else { return (Vec::new(), false) };
    let mut requests: Vec<Request> = Vec::new();
    let mut note = |specifier: Sym, attributes: &[ImportAttribute]| {
        let mut attributes: Vec<(String, String)> = attributes.iter().map(|attribute| (resolved(&interner, attribute.key()), resolved(&interner, attribute.value()))).collect();
        attributes.sort();
        let request = Request { specifier: resolved(&interner, specifier), attributes };
        if !requests.contains(&request) {
            requests.push(request);
        }
    };
    for item in module.items().items() {
        match item {
            ModuleItem::ImportDeclaration(import) => note(import.specifier().sym(), import.attributes()),
            ModuleItem::ExportDeclaration(export) => {
                if let ExportDeclaration::ReExport { specifier, attributes, .. } = export.as_ref() {
                    note(specifier.sym(), attributes);
                }
            }
            ModuleItem::StatementListItem(_) => {}
        }
    }
    let awaits = code.contains("await") && contains(&module, ContainsSymbol::AwaitExpression);
    (requests, awaits)
}

fn function_option(options: Option<&JsObject>, key: &'static str, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let Some(options) = options else { return Ok(None) };
    let value = options.get(js_string!(key), cx)?;
    if value.is_undefined() {
        return Ok(None);
    }
    validate::function(&value, &format!("options.{key}"), cx).map(Some)
}

/// `new vm.SourceTextModule(code[, options])`
fn construct_source(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = validate::string(args.get_or_undefined(0), "sourceText", cx)?.to_std_string_lossy();
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    let meta = function_option(options.as_ref(), "initializeImportMeta", cx)?;
    let import = match &options {
        Some(options) => options::import_of(options, cx)?,
        None => None,
    };
    let common = common(options.as_ref(), cx)?;
    if let Some(options) = &options {
        let cached = options.get(js_string!("cachedData"), cx)?;
        if let Some(range) = cached.as_object().and_then(|object| boa_engine::bytes::ByteRange::of(&object))
            && range.to_vec() != super::cached_bytes(&code)
        {
            return Err(errors::coded(Base::Error, "ERR_VM_MODULE_CACHED_DATA_REJECTED", "cachedData buffer was rejected", cx));
        }
    }
    let module = parse(&code, &common, cx)?;
    let (requests, awaits) = read(&code);
    let prototype = instance_prototype(&SOURCE_TEXT_MODULE, cx)?;
    let object = make(prototype, module, common, requests, awaits, code, None);
    register(&object, import, meta, cx);
    Ok(object.into())
}

fn parse(code: &str, common: &Common, cx: &mut Context) -> JsResult<Module> {
    let name = common.identifier.to_std_string_lossy();
    let source = Source::from_bytes(code.as_bytes()).with_path(std::path::Path::new(&name));
    Module::parse(source, common.record.as_ref().map(|record| record.realm.clone()), cx)
}

fn make(prototype: JsObject, module: Module, common: Common, requests: Vec<Request>, awaits: bool, code: String, synthetic: Option<Synthetic>) -> JsObject {
    let state = State {
        module,
        status: Cell::new(Status::Unlinked),
        identifier: common.identifier,
        context: common.context,
        own_microtasks: common.record.is_some_and(|record| record.own_microtasks),
        error: GcRefCell::default(),
        requests,
        awaits,
        linked: GcRefCell::default(),
        specifiers: GcRefCell::default(),
        shown_requests: GcRefCell::default(),
        evaluated: GcRefCell::default(),
        code,
        synthetic: GcRefCell::new(synthetic),
    };
    JsObject::from_proto_and_data(prototype, state)
}

fn register(object: &JsObject, callback: Option<JsFunction>, meta: Option<JsFunction>, cx: &Context) {
    let Some(module) = state_of(object, |state| state.module.clone()) else { return };
    let hooks = Host::of(cx).state::<ImportHooks>();
    hooks.module_of.set(Some(module_of));
    hooks.modules.borrow_mut().push((module, ModuleImports { wrapper: object.clone(), callback, meta, links: Vec::new(), loaded: false }));
}

fn namespace(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (status, module) = look(this, cx, |state| (state.status.get(), state.module.clone()))?;
    if matches!(status, Status::Unlinked | Status::Linking) {
        return Err(status_error("must not be unlinked or linking", cx));
    }
    Ok(module.namespace(cx).into())
}

fn frozen(list: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let list: JsObject = JsArray::from_iter(list, cx).into();
    list.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
    Ok(list)
}

fn dependency_specifiers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let (made, requests) = look(this, cx, |state| (state.specifiers.borrow().clone(), state.requests.clone()))?;
    if let Some(made) = made {
        return Ok(made.into());
    }
    let list = frozen(requests.iter().map(|request| js_string!(request.specifier.as_str()).into()).collect(), cx)?;
    state_of(&object, |state| *state.specifiers.borrow_mut() = Some(list.clone()));
    Ok(list.into())
}

fn attributes_object(request: &Request, cx: &mut Context) -> JsResult<JsObject> {
    let attributes = JsObject::with_null_proto();
    for (key, value) in &request.attributes {
        attributes.create_data_property_or_throw(js_string!(key.as_str()), js_string!(value.as_str()), cx)?;
    }
    Ok(attributes)
}

fn module_requests(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let (made, requests) = look(this, cx, |state| (state.shown_requests.borrow().clone(), state.requests.clone()))?;
    if let Some(made) = made {
        return Ok(made.into());
    }
    let mut list = Vec::new();
    for request in &requests {
        let shown = JsObject::with_null_proto();
        let attributes = attributes_object(request, cx)?;
        attributes.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
        for (key, value) in [("specifier", js_string!(request.specifier.as_str()).into()), ("attributes", attributes.into()), ("phase", JsValue::from(js_string!("evaluation")))] {
            shown.create_data_property_or_throw(js_string!(key), value, cx)?;
        }
        shown.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
        list.push(shown.into());
    }
    let list = frozen(list, cx)?;
    state_of(&object, |state| *state.shown_requests.borrow_mut() = Some(list.clone()));
    Ok(list.into())
}

/// A module that may be linked to the one of `context`.
fn linkable(value: &JsValue, context: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let Some(object) = value.as_object().filter(|object| object.is::<State>()) else {
        return Err(errors::coded(Base::Error, "ERR_VM_MODULE_NOT_MODULE", "Provided module is not an instance of Module", cx));
    };
    let (own, status, error) = look(value, cx, |state| (state.context.clone(), state.status.get(), state.error.borrow().clone()))?;
    if !own.strict_equals(context) {
        return Err(errors::coded(Base::Error, "ERR_VM_MODULE_DIFFERENT_CONTEXT", "Linked modules must use the same context", cx));
    }
    if status == Status::Errored {
        let name = look(value, cx, |state| state.identifier.to_std_string_lossy())?;
        let failure = errors::coded(Base::Error, "ERR_VM_MODULE_LINK_FAILURE", format!("request for '{name}' resolved to an errored module"), cx);
        let made = thrown_value(failure, cx);
        if let Some(made) = made.as_object() {
            made.create_data_property_or_throw(js_string!("cause"), error, cx)?;
        }
        return Err(JsError::from_opaque(made));
    }
    Ok(object)
}

fn set_links(object: &JsObject, modules: Vec<JsObject>, cx: &Context) {
    let Some((module, requests)) = state_of(object, |state| (state.module.clone(), state.requests.clone())) else { return };
    let links = requests.into_iter().zip(modules.iter().filter_map(|linked| state_of(linked, |state| state.module.clone()))).collect();
    Host::of(cx).state::<ImportHooks>().change(&module, |imports| imports.links = links);
    state_of(object, |state| *state.linked.borrow_mut() = Some(modules));
}

/// `module.linkRequests(modules)`
fn link_requests(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let (status, context, count) = look(this, cx, |state| (state.status.get(), state.context.clone(), state.requests.len()))?;
    if status != Status::Unlinked {
        return Err(status_error("must be unlinked", cx));
    }
    let given = args.get_or_undefined(0);
    let list = validate::array(given, "modules", 0, cx)?;
    let list = crate::events::elements(&list, cx)?;
    if list.len() != count {
        return Err(errors::coded(Base::Type, "ERR_MODULE_LINK_MISMATCH", format!("Expected {count} modules, got {}", list.len()), cx));
    }
    let mut modules = Vec::new();
    for value in &list {
        modules.push(linkable(value, &context, cx)?);
    }
    set_links(&object, modules, cx);
    Ok(JsValue::undefined())
}

/// Loads and links the engine's module, and notes it for all that are linked with it.
fn instantiate(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut graph = Vec::new();
    collect(object, &mut graph);
    for part in &graph {
        let Some((status, linked, requests)) = state_of(part, |state| (state.status.get(), state.linked.borrow().is_some(), state.requests.len())) else { continue };
        // What imports nothing need not be linked, unless it is what is to be instantiated.
        let asks = requests > 0 || JsObject::equals(part, object);
        if matches!(status, Status::Unlinked | Status::Linking) && !linked && asks {
            return Err(errors::coded(Base::Error, "ERR_VM_MODULE_LINK_FAILURE", "module is not linked", cx));
        }
    }
    let Some(module) = state_of(object, |state| state.module.clone()) else { return Ok(()) };
    link_engine(&module, cx)?;
    let hooks = Host::of(cx).state::<ImportHooks>();
    for part in graph {
        if let Some(module) = state_of(&part, |state| state.module.clone()) {
            hooks.change(&module, |imports| imports.loaded = true);
        }
        state_of(&part, |state| {
            if matches!(state.status.get(), Status::Unlinked | Status::Linking) {
                state.status.set(Status::Linked);
            }
        });
    }
    Ok(())
}

fn link_engine(module: &Module, cx: &mut Context) -> JsResult<()> {
    let loaded = Host::of(cx).run_waiting_of(cx, |cx| module.load(cx));
    if let PromiseState::Rejected(reason) = loaded.state() {
        loaded.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
        return Err(JsError::from_opaque(reason));
    }
    module.link(cx)
}

/// The modules reached from one, itself first.
fn collect(object: &JsObject, graph: &mut Vec<JsObject>) {
    if graph.iter().any(|known| JsObject::equals(known, object)) {
        return;
    }
    graph.push(object.clone());
    for linked in state_of(object, |state| state.linked.borrow().clone()).flatten().unwrap_or_default() {
        collect(&linked, graph);
    }
}

fn has_async_graph(object: &JsObject, seen: &mut Vec<JsObject>) -> bool {
    collect(object, seen);
    seen.iter().any(|part| state_of(part, |state| state.awaits).unwrap_or(false))
}

/// `module.link(linker)`
fn link(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let linker = match validate::function(args.get_or_undefined(0), "linker", cx) {
        Ok(linker) => linker,
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    let status = look(this, cx, |state| state.status.get())?;
    let refused = match status {
        Status::Unlinked => None,
        Status::Linked => Some(errors::coded(Base::Error, "ERR_VM_MODULE_ALREADY_LINKED", "Module has already been linked", cx)),
        _ => Some(status_error("must be unlinked", cx)),
    };
    if let Some(error) = refused {
        return Ok(JsPromise::reject(error, cx)?.into());
    }
    let promise = coroutine::spawn(cx, |co| async move {
        link_graph(&co, object.clone(), linker).await?;
        run!(
            co,
            [object] | cx | {
                let result = instantiate(&object, cx);
                if result.is_err() {
                    state_of(&object, |state| state.status.set(Status::Unlinked));
                }
                result
            }
        )?;
        Ok(JsValue::undefined())
    })?;
    Ok(promise.into())
}

/// Asks the linker for each request of a module and of those it brings.
async fn link_graph(co: &Co, root: JsObject, linker: JsFunction) -> JsResult<()> {
    let mut rest = vec![root];
    while let Some(object) = rest.pop() {
        if state_of(&object, |state| state.status.get()) != Some(Status::Unlinked) {
            continue;
        }
        state_of(&object, |state| state.status.set(Status::Linking));
        let asked = run!(co, [object, linker] | cx | ask(&object, &linker, cx))?;
        let mut modules = Vec::new();
        for answer in asked {
            let answer = match co.wait(answer).await {
                Ok(answer) => answer,
                Err(error) => return Err(failed(co, &object, error).await),
            };
            let context = state_of(&object, |state| state.context.clone()).unwrap_or_default();
            match run!(co, [answer, context] | cx | linkable(&answer, &context, cx)) {
                Ok(module) => modules.push(module),
                Err(error) => return Err(failed(co, &object, error).await),
            }
        }
        rest.extend(modules.iter().rev().cloned());
        run!(co, [object, modules] | cx | set_links(&object, modules, cx));
    }
    Ok(())
}

async fn failed(co: &Co, object: &JsObject, error: JsError) -> JsError {
    let object = object.clone();
    co.run(move |cx| {
        let value = thrown_value(error, cx);
        state_of(&object, |state| {
            state.status.set(Status::Errored);
            *state.error.borrow_mut() = value.clone();
        });
        JsError::from_opaque(value)
    })
    .await
}

/// What the linker gives for each request.
fn ask(object: &JsObject, linker: &JsFunction, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let requests = state_of(object, |state| state.requests.clone()).unwrap_or_default();
    let mut answers = Vec::new();
    for request in &requests {
        let extra = JsObject::with_object_proto(cx.intrinsics());
        for key in ["attributes", "assert"] {
            let attributes = attributes_object(request, cx)?;
            extra.create_data_property_or_throw(js_string!(key), attributes, cx)?;
        }
        let answer = linker.call(&JsValue::undefined(), &[js_string!(request.specifier.as_str()).into(), object.clone().into(), extra.into()], cx)?;
        answers.push(JsPromise::resolve(answer, cx)?.into());
    }
    Ok(answers)
}

/// `module.evaluate([options])`
fn evaluate(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    match evaluate_now(&object, args.get_or_undefined(0), cx) {
        Ok(promise) => Ok(promise.into()),
        Err(error) => {
            let reason = thrown_value(error, cx);
            Ok(JsPromise::reject(JsError::from_opaque(reason), cx)?.into())
        }
    }
}

fn evaluate_now(object: &JsObject, given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let run = options::of_run(given, cx)?;
    let Some((status, module, before, own_microtasks)) = state_of(object, |state| (state.status.get(), state.module.clone(), state.evaluated.borrow().clone(), state.own_microtasks)) else {
        return Err(errors::invalid_this("Module", cx));
    };
    if !matches!(status, Status::Linked | Status::Evaluated | Status::Errored) {
        return Err(status_error("must be one of linked, evaluated, or errored", cx));
    }
    if let Some(before) = before {
        if own_microtasks {
            Host::of(cx).run_microtasks(cx);
        }
        return Ok(before);
    }
    if status == Status::Errored {
        let error = state_of(object, |state| state.error.borrow().clone()).unwrap_or_default();
        return Err(JsError::from_opaque(error));
    }
    state_of(object, |state| state.status.set(Status::Evaluating));
    let result = run.limited(cx, |cx| {
        if !own_microtasks {
            return module.evaluate(cx);
        }
        let host = Host::of(cx);
        host.with_own_microtasks(cx, |cx| {
            let promise = module.evaluate(cx)?;
            host.run_microtasks_in_time(cx)?;
            Ok(promise)
        })
    });
    let promise = match result {
        Ok(promise) => promise,
        Err(error) => {
            let reason = thrown_value(error, cx);
            note_error(object, &reason);
            return Err(JsError::from_opaque(reason));
        }
    };
    match promise.state() {
        PromiseState::Fulfilled(_) => note_evaluated(object),
        PromiseState::Rejected(reason) => note_error(object, &reason),
        PromiseState::Pending => note_later(object, &promise, cx)?,
    }
    let promise: JsObject = promise.into();
    state_of(object, |state| *state.evaluated.borrow_mut() = Some(promise.clone()));
    Ok(promise)
}

/// The module has run, and all it is linked with before it.
fn note_evaluated(object: &JsObject) {
    let mut graph = Vec::new();
    collect(object, &mut graph);
    for part in &graph {
        state_of(part, |state| {
            if matches!(state.status.get(), Status::Linked | Status::Evaluating) {
                state.status.set(Status::Evaluated);
            }
        });
    }
}

fn note_error(object: &JsObject, reason: &JsValue) {
    state_of(object, |state| {
        state.status.set(Status::Errored);
        *state.error.borrow_mut() = reason.clone();
    });
}

/// The module awaits: its status follows the promise.
fn note_later(object: &JsObject, promise: &JsPromise, cx: &mut Context) -> JsResult<()> {
    // While it awaits, Node calls it evaluated.
    note_evaluated(object);
    let failed = table::closure(
        "",
        1,
        object.clone(),
        |_this, args, object, _cx| {
            note_error(object, args.get_or_undefined(0));
            Ok(JsValue::undefined())
        },
        cx,
    );
    promise.then(None, Some(failed), cx).map(drop)
}

/// `new vm.SyntheticModule(exportNames, evaluateCallback[, options])`
fn construct_synthetic(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let wrong = |value: &JsValue, cx: &mut Context| errors::invalid_arg_type("exportNames", "Array of unique strings", value, cx);
    let list = match given.as_object().filter(JsObject::is_array) {
        Some(list) => crate::events::elements(&list, cx)?,
        None => return Err(wrong(given, cx)),
    };
    let mut names: Vec<JsString> = Vec::new();
    for name in &list {
        let Some(name) = name.as_string() else { return Err(wrong(given, cx)) };
        if names.contains(&name) {
            let shown = JsValue::from(name.clone());
            return Err(errors::invalid_arg_value(&format!("exportNames.{}", name.to_std_string_lossy()), &shown, "is duplicated", cx));
        }
        names.push(name);
    }
    let callback = validate::function(args.get_or_undefined(1), "evaluateCallback", cx)?;
    let options = validate::options(args.get_or_undefined(2), "options", cx)?;
    let common = common(options.as_ref(), cx)?;
    let code = source_of(&names);
    let module = parse(&code, &common, cx)?;
    let prototype = instance_prototype(&SYNTHETIC_MODULE, cx)?;
    let values = vec![None; names.len()];
    let object = make(prototype, module, common, Vec::new(), false, code, Some(Synthetic { names, values, place: None }));
    let begin = table::closure("begin", 1, (object.clone(), callback), begin, cx);
    let meta = table::closure(
        "",
        2,
        begin,
        |_this, args, begin, cx| {
            let meta = args.get_or_undefined(0).to_object(cx)?;
            meta.create_data_property_or_throw(js_string!("begin"), begin.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    register(&object, None, Some(meta), cx);
    set_links(&object, Vec::new(), cx);
    instantiate(&object, cx)?;
    Ok(object.into())
}

/// A module with a variable for each name, which hands out a function that sets them.
fn source_of(names: &[JsString]) -> String {
    let variables: Vec<String> = (0..names.len()).map(|at| format!("e{at}")).collect();
    let exports: Vec<String> = names.iter().zip(&variables).map(|(name, variable)| format!("{variable} as {}", quoted(name))).collect();
    let cases: Vec<String> = variables.iter().enumerate().map(|(at, variable)| format!("case {at}: {variable} = value; break;")).collect();
    let declared = if variables.is_empty() { String::new() } else { format!("var {};", variables.join(", ")) };
    format!("export {{ {} }};{declared}import.meta.begin((at, value) => {{ switch (at) {{ {} }} }});\n", exports.join(", "), cases.join(" "))
}

/// A name as a string literal.
fn quoted(name: &JsString) -> String {
    let mut text = String::from("\"");
    for char in name.to_std_string_lossy().chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => text.push(char),
        }
    }
    text + "\""
}

/// The module is evaluated: its variables can be set from now on.
fn begin(_this: &JsValue, args: &[JsValue], (object, callback): &(JsObject, JsFunction), cx: &mut Context) -> JsResult<JsValue> {
    let place = args.get_or_undefined(0).as_function();
    let waiting = state_of(object, |state| {
        let mut synthetic = state.synthetic.borrow_mut();
        synthetic.as_mut().map(|synthetic| {
            synthetic.place.clone_from(&place);
            std::mem::take(&mut synthetic.values)
        })
    });
    if let Some(place) = place {
        for (at, value) in waiting.flatten().unwrap_or_default().into_iter().enumerate() {
            if let Some(value) = value {
                place.call(&JsValue::undefined(), &[(at as u32).into(), value], cx)?;
            }
        }
    }
    callback.call(&object.clone().into(), &[], cx)?;
    Ok(JsValue::undefined())
}

/// `module.setExport(name, value)`
fn set_export(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(|object| state_of(object, |state| state.synthetic.borrow().is_some()) == Some(true));
    let Some(object) = object else { return Err(errors::invalid_this("SyntheticModule", cx)) };
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let found = state_of(&object, |state| {
        let synthetic = state.synthetic.borrow();
        synthetic.as_ref().and_then(|synthetic| synthetic.names.iter().position(|known| *known == name).map(|at| (at, synthetic.place.clone())))
    });
    let Some((at, place)) = found.flatten() else {
        let message = format!("Export '{}' is not defined in module", name.to_std_string_lossy());
        return Err(boa_engine::JsNativeError::reference().with_message(message).into());
    };
    let value = args.get_or_undefined(1).clone();
    match place {
        Some(place) => drop(place.call(&JsValue::undefined(), &[(at as u32).into(), value], cx)?),
        None => {
            state_of(&object, |state| {
                if let Some(slot) = state.synthetic.borrow_mut().as_mut().and_then(|synthetic| synthetic.values.get_mut(at)) {
                    *slot = Some(value);
                }
            });
        }
    }
    Ok(JsValue::undefined())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let depth = args.get_or_undefined(0).as_number();
    if depth.is_some_and(|depth| depth < 0.0) {
        let name = if object.is::<State>() && state_of(&object, |state| state.synthetic.borrow().is_some()) == Some(true) { "[SyntheticModule]" } else { "[SourceTextModule]" };
        return Ok(js_string!(name).into());
    }
    let (status, identifier, context, is_synthetic) = look(this, cx, |state| (state.status.get(), state.identifier.clone(), state.context.clone(), state.synthetic.borrow().is_some()))?;
    // An object of that name: what is shown before the braces.
    let class = if is_synthetic { &SYNTHETIC_MODULE } else { &SOURCE_TEXT_MODULE };
    let prototype = class.prototype(cx)?;
    let shown = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    for (key, value) in [("status", js_string!(status.name()).into()), ("identifier", identifier.into()), ("context", context)] {
        shown.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    let options = args.get_or_undefined(1);
    let all = JsObject::with_object_proto(cx.intrinsics());
    if options.is_object() {
        all.copy_data_properties::<JsString>(options, Vec::new(), cx)?;
    }
    all.set(js_string!("customInspect"), false, true, cx)?;
    let options = crate::util::inspect::Options::default().merged(&all, cx)?;
    crate::util::inspect::inspect(&shown.into(), &options, cx).map(|text| js_string!(text).into())
}
