//! `v8`: the serializer of V8's format, promise hooks, figures of the heap.
//!
//! ```js
//! const copy = v8.deserialize(v8.serialize(new Map([[1, { a: 2n }]])));
//! ```
//!
//! Follows <https://nodejs.org/api/v8.html>.
//!
//! Differs from Node: the heap's figures are those of coil's allocator and collector; snapshots, profiles, coverage and flags of V8 throw
//! ERR_METHOD_NOT_IMPLEMENTED.

pub(crate) mod messages;
mod reader;
mod serdes;
mod writer;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, string::JsStrVariant};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors, heap,
    table::{Export, NativeModule},
};

use crate::{
    async_hooks,
    stubs::{class, function},
};

/// An object of numbers.
fn figures(figures: &[(&str, f64)], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (name, figure) in figures {
        object.create_data_property_or_throw(js_string!(*name), *figure, cx)?;
    }
    Ok(object)
}

/// `v8.getHeapStatistics()`
fn heap_statistics(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let heap = heap::statistics();
    let limit = if heap.limit == u64::MAX { Host::of(cx).sys().os().totalmem() } else { heap.limit };
    let statistics = figures(
        &[
            ("total_heap_size", heap.total as f64),
            ("total_heap_size_executable", 0.0),
            ("total_physical_size", heap.total as f64),
            ("total_available_size", limit.saturating_sub(heap.used + heap.external) as f64),
            ("used_heap_size", heap.used as f64),
            ("heap_size_limit", limit as f64),
            ("malloced_memory", (heap.used + heap.external) as f64),
            ("peak_malloced_memory", heap.peak as f64),
            ("does_zap_garbage", 0.0),
            ("number_of_native_contexts", 1.0),
            ("number_of_detached_contexts", 0.0),
            ("total_global_handles_size", 0.0),
            ("used_global_handles_size", 0.0),
            ("external_memory", heap.external as f64),
            ("total_allocated_bytes", heap.peak as f64),
        ],
        cx,
    )?;
    Ok(statistics.into())
}

/// `v8.getHeapSpaceStatistics()`: coil's heap is one space.
fn heap_space_statistics(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let heap = heap::statistics();
    let space = JsObject::with_object_proto(cx.intrinsics());
    space.create_data_property_or_throw(js_string!("space_name"), js_string!("old_space"), cx)?;
    for (name, figure) in [("space_size", heap.total), ("space_used_size", heap.used), ("space_available_size", heap.total - heap.used), ("physical_space_size", heap.total)] {
        space.create_data_property_or_throw(js_string!(name), figure as f64, cx)?;
    }
    Ok(JsArray::from_iter([space.into()], cx).into())
}

/// `v8.isStringOneByteRepresentation(content)`
fn is_one_byte(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let content = args.get_or_undefined(0);
    let Some(text) = content.as_string() else {
        return Err(errors::invalid_arg_type("content", "string", content, cx));
    };
    Ok(matches!(text.as_str().variant(), JsStrVariant::Latin1(_)).into())
}

/// `require('v8')`
pub static MODULE: NativeModule = NativeModule {
    name: "v8",
    exports: &[
        function!("cachedDataVersionTag", 0, "v8.cachedDataVersionTag()"),
        function!("getHeapSnapshot", 1, "v8.getHeapSnapshot()"),
        Export::function("getHeapStatistics", 0, heap_statistics),
        Export::function("getHeapSpaceStatistics", 0, heap_space_statistics),
        function!("getHeapCodeStatistics", 0, "v8.getHeapCodeStatistics()"),
        function!("getCppHeapStatistics", 0, "v8.getCppHeapStatistics()"),
        function!("setFlagsFromString", 1, "v8.setFlagsFromString()"),
        Export::class(&serdes::SERIALIZER),
        Export::class(&serdes::DESERIALIZER),
        Export::class(&serdes::DEFAULT_SERIALIZER),
        Export::class(&serdes::DEFAULT_DESERIALIZER),
        Export::function("deserialize", 1, serdes::deserialize),
        // Without NODE_V8_COVERAGE, which nothing here honours, these do nothing in Node as well.
        Export::function("takeCoverage", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::function("stopCoverage", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::function("serialize", 1, serdes::serialize),
        function!("writeHeapSnapshot", 2, "v8.writeHeapSnapshot()"),
        Export::module("promiseHooks", &async_hooks::PROMISE_HOOKS),
        function!("queryObjects", 1, "v8.queryObjects()"),
        Export::module(
            "startupSnapshot",
            const {
                &NativeModule {
                    name: "v8.startupSnapshot",
                    exports: &[
                        function!("addDeserializeCallback", 2, "v8.startupSnapshot.addDeserializeCallback()"),
                        function!("addSerializeCallback", 2, "v8.startupSnapshot.addSerializeCallback()"),
                        function!("setDeserializeMainFunction", 2, "v8.startupSnapshot.setDeserializeMainFunction()"),
                        function!("isBuildingSnapshot", 0, "v8.startupSnapshot.isBuildingSnapshot()"),
                    ],
                }
            },
        ),
        function!("setHeapSnapshotNearHeapLimit", 1, "v8.setHeapSnapshotNearHeapLimit()"),
        class!("GCProfiler", "GCProfiler", 0, "v8.GCProfiler()"),
        Export::function("isStringOneByteRepresentation", 1, is_one_byte),
        function!("startCpuProfile", 0, "v8.startCpuProfile()"),
    ],
};
