//! `vm.SourceTextModule` and `vm.SyntheticModule`: modules that the script links itself (with `--experimental-vm-modules`).
//!
//! Differs from Node: a module lives as long as its runtime.

mod evaluation;
mod linking;
mod source;
mod synthetic;

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Module, Source,
    ast::{
        ModuleItem,
        declaration::{ExportDeclaration, ImportAttribute},
        operations::{ContainsSymbol, contains},
        scope::Scope,
    },
    interner::{Interner, Sym},
    js_string,
    object::builtins::{JsFunction, JsPromise},
    parser::Parser,
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    import_hooks::{ImportHooks, ModuleImports, Request},
    table::{self, Export, Symbol},
    validate,
};

use self::{
    evaluation::evaluate,
    linking::{has_async_graph, instantiate, link, link_requests},
    source::{construct_source, dependency_specifiers, module_requests},
    synthetic::{Synthetic, construct_synthetic, set_export},
};
use super::contexts;

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
