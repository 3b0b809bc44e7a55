//! `v8`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('v8')`
pub static V8: NativeModule = NativeModule {
    name: "v8",
    exports: &[
        function!("cachedDataVersionTag", 0, "v8.cachedDataVersionTag()"),
        function!("getHeapSnapshot", 1, "v8.getHeapSnapshot()"),
        function!("getHeapStatistics", 0, "v8.getHeapStatistics()"),
        function!("getHeapSpaceStatistics", 0, "v8.getHeapSpaceStatistics()"),
        function!("getHeapCodeStatistics", 0, "v8.getHeapCodeStatistics()"),
        function!("getCppHeapStatistics", 0, "v8.getCppHeapStatistics()"),
        function!("setFlagsFromString", 1, "v8.setFlagsFromString()"),
        class!("Serializer", "Serializer", 0, "v8.Serializer()"),
        class!("Deserializer", "Deserializer", 1, "v8.Deserializer()"),
        class!("DefaultSerializer", "DefaultSerializer", 0, "v8.DefaultSerializer()"),
        class!("DefaultDeserializer", "DefaultDeserializer", 0, "v8.DefaultDeserializer()"),
        function!("deserialize", 1, "v8.deserialize()"),
        function!("takeCoverage", 0, "v8.takeCoverage()"),
        function!("stopCoverage", 0, "v8.stopCoverage()"),
        function!("serialize", 1, "v8.serialize()"),
        function!("writeHeapSnapshot", 2, "v8.writeHeapSnapshot()"),
        Export::module(
            "promiseHooks",
            const {
                &NativeModule {
                    name: "v8.promiseHooks",
                    exports: &[
                        function!("createHook", 0, "v8.promiseHooks.createHook()"),
                        function!("onInit", "", 1, "v8.promiseHooks.onInit()"),
                        function!("onBefore", "", 1, "v8.promiseHooks.onBefore()"),
                        function!("onAfter", "", 1, "v8.promiseHooks.onAfter()"),
                        function!("onSettled", "", 1, "v8.promiseHooks.onSettled()"),
                    ],
                }
            },
        ),
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
        function!("isStringOneByteRepresentation", 1, "v8.isStringOneByteRepresentation()"),
        function!("startCpuProfile", 0, "v8.startCpuProfile()"),
    ],
};
