//! `CallSite`: the objects that `Error.prepareStackTrace` gets.

use boa_gc::{Finalize, Trace};

use super::{
    TraceFrame,
    frame::{FrameFlags, Place},
};
use crate::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue, builtins::BuiltInBuilder, js_string, native_function::NativeFunctionPointer, property::PropertyDescriptor, realm::Realm,
    vm::source_info::SourcePath,
};

#[derive(Debug, Trace, Finalize, JsData)]
pub(super) struct CallSite {
    frame: TraceFrame,
}

impl CallSite {
    pub(super) fn object(frame: TraceFrame, context: &Context) -> JsObject {
        let prototype = context.intrinsics().objects().error_stack().call_site.clone();
        JsObject::from_proto_and_data_with_shared_shape(context.root_shape(), prototype, Self { frame }).upcast()
    }
}

/// Furnishes the prototype of a new realm.
pub(super) fn init(prototype: &JsObject, realm: &Realm) {
    let property = |value: JsValue| PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    prototype.set_prototype(Some(realm.intrinsics().constructors().object().prototype()));
    let constructor = BuiltInBuilder::callable(realm, |_, _, _| Ok(JsValue::undefined())).name(js_string!("CallSite")).build();
    prototype.insert(js_string!("constructor"), property(constructor.into()));
    for (name, method) in METHODS {
        let method = BuiltInBuilder::callable(realm, *method).name(js_string!(*name)).build();
        prototype.insert(js_string!(*name), property(method.into()));
    }
}

const METHODS: &[(&str, NativeFunctionPointer)] = &[
    ("getColumnNumber", |this, _, cx| answer(this, cx, |frame, _| number(frame.line_and_column().map(|(_, column)| column)))),
    ("getEnclosingColumnNumber", |this, _, cx| answer(this, cx, |frame, _| number(frame.enclosing_position().map(|(_, column)| column)))),
    ("getEnclosingLineNumber", |this, _, cx| answer(this, cx, |frame, _| number(frame.enclosing_position().map(|(line, _)| line)))),
    ("getEvalOrigin", |this, _, cx| answer(this, cx, |frame, _| frame.eval_origin().map_or_else(JsValue::undefined, |origin| js_string!(origin).into()))),
    ("getFileName", |this, _, cx| answer(this, cx, |frame, _| frame.file().map_or_else(JsValue::undefined, |file| js_string!(file).into()))),
    ("getFunction", |this, _, cx| answer(this, cx, |frame, _| sloppy(frame, frame.function.clone().map(JsValue::from)))),
    ("getFunctionName", |this, _, cx| answer(this, cx, |frame, _| text(frame.function_name()))),
    ("getLineNumber", |this, _, cx| answer(this, cx, |frame, _| number(frame.line_and_column().map(|(line, _)| line)))),
    ("getMethodName", |this, _, cx| answer(this, cx, |frame, cx| text(frame.method_name(cx)))),
    ("getPosition", |this, _, cx| answer(this, cx, |frame, _| JsValue::new(frame.offset().unwrap_or(0)))),
    ("getPromiseIndex", |this, _, cx| {
        answer(this, cx, |frame, _| match &frame.place {
            Place::Combinator { index, .. } => JsValue::new(*index),
            Place::Script { .. } | Place::Native => JsValue::null(),
        })
    }),
    ("getScriptNameOrSourceURL", |this, _, cx| answer(this, cx, |frame, _| frame.file().map_or_else(JsValue::undefined, |file| js_string!(file).into()))),
    // V8 gives the SHA-256 of the source here; nobody has been seen to use it.
    ("getScriptHash", |this, _, cx| answer(this, cx, |_, _| js_string!().into())),
    ("getThis", |this, _, cx| answer(this, cx, |frame, _| sloppy(frame, Some(frame.this.clone())))),
    ("getTypeName", |this, _, cx| answer(this, cx, |frame, _| if frame.flags.contains(FrameFlags::CONSTRUCT) { JsValue::null() } else { text(frame.type_name()) })),
    ("isAsync", |this, _, cx| answer(this, cx, |frame, _| frame.flags.contains(FrameFlags::ASYNC).into())),
    ("isConstructor", |this, _, cx| answer(this, cx, |frame, _| frame.flags.contains(FrameFlags::CONSTRUCT).into())),
    ("isEval", |this, _, cx| answer(this, cx, |frame, _| is_eval_code(frame).into())),
    ("isNative", |this, _, cx| answer(this, cx, |_, _| false.into())),
    ("isPromiseAll", |this, _, cx| answer(this, cx, |frame, _| matches!(frame.place, Place::Combinator { name: "all", .. }).into())),
    ("isToplevel", |this, _, cx| answer(this, cx, |frame, _| frame.is_top_level().into())),
    ("toString", |this, _, cx| answer(this, cx, |frame, cx| js_string!(frame.text(cx)).into())),
];

fn answer(this: &JsValue, context: &Context, ask: impl FnOnce(&TraceFrame, &Context) -> JsValue) -> JsResult<JsValue> {
    let object = this.as_object();
    let site = object.as_ref().and_then(|object| object.downcast_ref::<CallSite>());
    match site {
        Some(site) => Ok(ask(&site.frame, context)),
        None => Err(JsNativeError::typ().with_message("CallSite method called on an object that is not a CallSite").into()),
    }
}

/// Code of a strict function is not to be got hold of, nor its `this`.
fn sloppy(frame: &TraceFrame, value: Option<JsValue>) -> JsValue {
    value.filter(|_| !frame.flags.contains(FrameFlags::STRICT)).unwrap_or_default()
}

/// The code of the `eval` itself, not of a function in it.
fn is_eval_code(frame: &TraceFrame) -> bool {
    matches!(&frame.place, Place::Script { source, .. } if matches!(source.map().path(), SourcePath::Eval | SourcePath::EvalAt(_)))
}

fn number(value: Option<u32>) -> JsValue {
    value.map_or_else(JsValue::null, JsValue::new)
}

fn text(value: Option<JsString>) -> JsValue {
    value.map_or_else(JsValue::null, JsValue::from)
}
