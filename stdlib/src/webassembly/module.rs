//! `WebAssembly.Module`, and how one is made from bytes.

use std::sync::Arc;

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue,
    bytes::{self, ByteRange},
    introspect::ObjectKind,
    js_string, limits,
    object::builtins::{JsArray, JsArrayBuffer},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};
use wasmi::{ExternType, errors::ErrorKind};

use super::{
    binary::{self, Imported, Kind as ExternKind, Outline},
    errors, global,
    group::ENGINE,
    instance, memory, table,
};
use crate::{dom_exception, structured_clone::Carried};

/// `WebAssembly.Module`
pub(super) static MODULE: Class = Class {
    name: "Module",
    length: 1,
    extends: Parent::None,
    kind: Kind::Native(Some("WebAssembly")),
    init: construct,
    prototype: &[Export::tag("WebAssembly.Module")],
    statics: &[
        Export::function("imports", 1, imports).enumerable(true),
        Export::function("exports", 1, exports).enumerable(true),
        Export::function("customSections", 2, custom_sections).enumerable(true),
    ],
};

/// A module that is compiled: its functions are validated, and translated when they are called first.
pub(super) struct Compiled {
    pub(super) module: wasmi::Module,
    pub(super) outline: Outline,
    /// The binary, for its custom sections.
    bytes: Vec<u8>,
}

impl Compiled {
    /// Compiles a binary module. The error is V8's message, without what was called and the colon.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, String> {
        if let Some(error) = binary::header_error(&bytes) {
            return Err(error);
        }
        let module = match binary::without_start(&bytes) {
            Some(changed) => {
                wasmi::Module::validate(&ENGINE, &bytes).map_err(|error| message(&error))?;
                wasmi::Module::new(&ENGINE, changed)
            }
            None => wasmi::Module::new(&ENGINE, &bytes),
        };
        let module = module.map_err(|error| message(&error))?;
        Ok(Self { module, outline: Outline::of(&bytes), bytes })
    }

    /// The imports in the order of the binary, with their types.
    pub(super) fn imports(&self) -> Vec<(&Imported, ExternType)> {
        let mut sorted: Vec<usize> = (0..self.outline.imports.len()).collect();
        sorted.sort_by_key(|index| self.outline.imports.get(*index).map(|import| import.kind));
        let mut types: Vec<(usize, ExternType)> = sorted.into_iter().zip(self.module.imports().map(|import| import.ty().clone())).collect();
        types.sort_by_key(|(index, _)| *index);
        self.outline.imports.iter().zip(types.into_iter().map(|(_, ty)| ty)).collect()
    }

    /// How many functions it imports.
    pub(super) fn imported_functions(&self) -> u32 {
        self.outline.imports.iter().filter(|import| import.kind == ExternKind::Function).count() as u32
    }
}

fn message(error: &wasmi::Error) -> String {
    match error.kind() {
        ErrorKind::Wasm(error) => format!("{} @+{}", error.message(), error.offset()),
        _ => error.to_string(),
    }
}

/// Whether the bytes are a valid module.
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    binary::header_error(bytes).is_none() && wasmi::Module::validate(&ENGINE, bytes).is_ok()
}

/// Charges the compilation of so many bytes.
///
/// # Errors
///
/// The script is to stop.
pub(super) fn charge(bytes: &[u8]) -> JsResult<()> {
    limits::charge_ns(bytes.len() as u64 * COMPILE_NS_PER_BYTE)
}

/// Measured of modules of some megabytes.
const COMPILE_NS_PER_BYTE: u64 = 12;

/// What a Module is.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Data(#[unsafe_ignore_trace] Arc<Compiled>);

/// The module that a value stands for.
pub(super) fn of(value: &JsValue) -> Option<Arc<Compiled>> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.0.clone())
}

/// The object of a module.
pub(super) fn create(compiled: Compiled, cx: &mut Context) -> JsResult<JsObject> {
    create_shared(Arc::new(compiled), cx)
}

fn create_shared(compiled: Arc<Compiled>, cx: &mut Context) -> JsResult<JsObject> {
    Ok(JsObject::from_proto_and_data(MODULE.prototype(cx)?, Data(compiled)).upcast())
}

/// A copy of the bytes of a buffer source, which a DataView is not for V8; `place` begins the message of the error.
pub(super) fn bytes_of(value: &JsValue, place: &str) -> JsResult<Vec<u8>> {
    let object = value.as_object().filter(|object| object.kind() != ObjectKind::DataView);
    let range = object.and_then(|object| ByteRange::of(&object));
    match range {
        Some(range) => {
            limits::reserve(range.byte_length as u64)?;
            Ok(range.to_vec())
        }
        None => Err(errors::type_error(format!("{place}: Argument 0 must be a buffer source"))),
    }
}

/// Compiles here and now.
pub(super) fn compile(bytes: Vec<u8>, place: &str, cx: &mut Context) -> JsResult<Compiled> {
    charge(&bytes)?;
    Compiled::new(bytes).map_err(|message| errors::compile(&format!("{place}: {message}"), cx))
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Module()";
    let bytes = bytes_of(args.get_or_undefined(0), PLACE)?;
    let compiled = compile(bytes, PLACE, cx)?;
    let prototype = instance_prototype(&MODULE, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data(Arc::new(compiled))).upcast().into())
}

fn argument(args: &[JsValue], place: &str) -> JsResult<Arc<Compiled>> {
    of(args.get_or_undefined(0)).ok_or_else(|| errors::type_error(format!("{place}: Argument 0 must be a WebAssembly.Module")))
}

fn imports(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let compiled = argument(args, "WebAssembly.Module.imports()")?;
    let imports = compiled.outline.imports.iter();
    let imports = imports.map(|import| record(&[("module", &import.module), ("name", &import.name), ("kind", import.kind.name())], cx));
    let imports = imports.collect::<JsResult<Vec<_>>>()?;
    Ok(JsArray::from_iter(imports, cx).into())
}

fn exports(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let compiled = argument(args, "WebAssembly.Module.exports()")?;
    let exports = compiled.outline.exports.iter().map(|export| record(&[("name", &export.name), ("kind", export.kind.name())], cx));
    let exports = exports.collect::<JsResult<Vec<_>>>()?;
    Ok(JsArray::from_iter(exports, cx).into())
}

fn record(entries: &[(&str, &str)], cx: &mut Context) -> JsResult<JsValue> {
    let record = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in entries {
        record.create_data_property_or_throw(JsString::from(*key), js_string!(*value), cx)?;
    }
    Ok(record.into())
}

fn custom_sections(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Module.customSections()";
    let compiled = argument(args, PLACE)?;
    let name = args.get_or_undefined(1);
    if name.is_undefined() {
        return Err(errors::type_error(format!("{PLACE}: Argument 1 is required")));
    }
    let name = name.to_string(cx)?;
    let mut found = Vec::new();
    for (_, content) in compiled.outline.custom_sections.iter().filter(|(section, _)| name == section.as_str()) {
        let content = compiled.bytes.get(content.clone()).unwrap_or_default();
        limits::reserve(content.len() as u64)?;
        let buffer: JsObject = JsArrayBuffer::adopt(bytes::copied(content), cx)?.into();
        found.push(JsValue::from(buffer));
    }
    Ok(JsArray::from_iter(found, cx).into())
}

/// A module on its way to another thread.
struct Posted(Arc<Compiled>);

impl Carried for Posted {
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject> {
        create_shared(self.0, cx)
    }

    fn copy(&self) -> Box<dyn Carried> {
        Box::new(Self(self.0.clone()))
    }
}

/// How structured clones take modules; instances and what they hold are refused.
pub(crate) fn carrier(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Box<dyn Carried>>> {
    let value = JsValue::from(object.clone());
    if let Some(compiled) = of(&value) {
        return Ok((!transfer).then(|| -> Box<dyn Carried> { Box::new(Posted(compiled)) }));
    }
    let name = if memory::place(&value).is_some() {
        "Memory"
    } else if table::place(&value).is_some() {
        "Table"
    } else if global::place(&value).is_some() {
        "Global"
    } else if instance::is_instance(object) {
        "Instance"
    } else {
        return Ok(None);
    };
    Err(dom_exception::error(&format!("#<{name}> could not be cloned."), "DataCloneError", cx))
}
