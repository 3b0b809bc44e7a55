//! `SourceTextModule`: from a text to a module, and what it asks for.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, Module, Source, js_string, object::builtins::JsArray};
use boa_gc::GcRefCell;
use coil_engine::{
    class::instance_prototype,
    errors::{self, Base},
    import_hooks::Request,
    validate,
};

use super::{Common, SOURCE_TEXT_MODULE, State, Status, common, function_option, look, read, receiver, register, state_of, synthetic::Synthetic};
use crate::vm::options;

/// `new vm.SourceTextModule(code[, options])`
pub(super) fn construct_source(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
            && range.to_vec() != crate::vm::cached_bytes(&code)
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

pub(super) fn parse(code: &str, common: &Common, cx: &mut Context) -> JsResult<Module> {
    let name = common.identifier.to_std_string_lossy();
    let source = Source::from_bytes(code.as_bytes()).with_path(std::path::Path::new(&name));
    Module::parse(source, common.record.as_ref().map(|record| record.realm.clone()), cx)
}

pub(super) fn make(prototype: JsObject, module: Module, common: Common, requests: Vec<Request>, awaits: bool, code: String, synthetic: Option<Synthetic>) -> JsObject {
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

fn frozen(list: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let list: JsObject = JsArray::from_iter(list, cx).into();
    list.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
    Ok(list)
}

pub(super) fn dependency_specifiers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let (made, requests) = look(this, cx, |state| (state.specifiers.borrow().clone(), state.requests.clone()))?;
    if let Some(made) = made {
        return Ok(made.into());
    }
    let list = frozen(requests.iter().map(|request| js_string!(request.specifier.as_str()).into()).collect(), cx)?;
    state_of(&object, |state| *state.specifiers.borrow_mut() = Some(list.clone()));
    Ok(list.into())
}

pub(super) fn attributes_object(request: &Request, cx: &mut Context) -> JsResult<JsObject> {
    let attributes = JsObject::with_null_proto();
    for (key, value) in &request.attributes {
        attributes.create_data_property_or_throw(js_string!(key.as_str()), js_string!(value.as_str()), cx)?;
    }
    Ok(attributes)
}

pub(super) fn module_requests(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
