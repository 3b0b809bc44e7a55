//! `inspector/promises`: what Node exports there. Of it sessions work (`crate::inspector`).

use super::*;

/// `require('inspector/promises')`
pub static INSPECTOR_PROMISES: NativeModule = NativeModule {
    name: "inspector/promises",
    exports: &[
        function!("open", "inspectorOpen", 3, "inspector/promises.open()"),
        // As where no inspector was opened: there is none to close and none has a URL.
        Export::renamed("close", "_debugEnd", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::function("url", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::renamed("waitForDebugger", "inspectorWaitForDebugger", 0, |_, _, cx| Err(errors::coded(errors::Base::Error, "ERR_INSPECTOR_NOT_ACTIVE", "Inspector is not active", cx))),
        Export::module(
            "console",
            const {
                &NativeModule {
                    name: "inspector/promises.console",
                    exports: &[
                        function!("debug", 0, "inspector/promises.console.debug()"),
                        function!("error", 0, "inspector/promises.console.error()"),
                        function!("info", 0, "inspector/promises.console.info()"),
                        function!("log", 0, "inspector/promises.console.log()"),
                        function!("warn", 0, "inspector/promises.console.warn()"),
                        function!("dir", 0, "inspector/promises.console.dir()"),
                        function!("dirxml", 0, "inspector/promises.console.dirxml()"),
                        function!("table", 0, "inspector/promises.console.table()"),
                        function!("trace", 0, "inspector/promises.console.trace()"),
                        function!("group", 0, "inspector/promises.console.group()"),
                        function!("groupCollapsed", 0, "inspector/promises.console.groupCollapsed()"),
                        function!("groupEnd", 0, "inspector/promises.console.groupEnd()"),
                        function!("clear", 0, "inspector/promises.console.clear()"),
                        function!("count", 0, "inspector/promises.console.count()"),
                        function!("countReset", 0, "inspector/promises.console.countReset()"),
                        function!("assert", 0, "inspector/promises.console.assert()"),
                        function!("profile", 0, "inspector/promises.console.profile()"),
                        function!("profileEnd", 0, "inspector/promises.console.profileEnd()"),
                        function!("time", 0, "inspector/promises.console.time()"),
                        function!("timeLog", 0, "inspector/promises.console.timeLog()"),
                        function!("timeEnd", 0, "inspector/promises.console.timeEnd()"),
                        function!("timeStamp", 0, "inspector/promises.console.timeStamp()"),
                        function!("context", 1, "inspector/promises.console.context()"),
                    ],
                }
            },
        ),
        Export::class(&crate::inspector::PROMISES_SESSION),
        Export::module(
            "Network",
            const {
                &NativeModule {
                    name: "inspector/promises.Network",
                    exports: &[
                        function!("requestWillBeSent", 1, "inspector/promises.Network.requestWillBeSent()"),
                        function!("responseReceived", 1, "inspector/promises.Network.responseReceived()"),
                        function!("loadingFinished", 1, "inspector/promises.Network.loadingFinished()"),
                        function!("loadingFailed", 1, "inspector/promises.Network.loadingFailed()"),
                        function!("dataSent", 1, "inspector/promises.Network.dataSent()"),
                        function!("dataReceived", 1, "inspector/promises.Network.dataReceived()"),
                        function!("webSocketCreated", 1, "inspector/promises.Network.webSocketCreated()"),
                        function!("webSocketClosed", 1, "inspector/promises.Network.webSocketClosed()"),
                        function!("webSocketHandshakeResponseReceived", 1, "inspector/promises.Network.webSocketHandshakeResponseReceived()"),
                    ],
                }
            },
        ),
        Export::module("NetworkResources", const { &NativeModule { name: "inspector/promises.NetworkResources", exports: &[function!("put", 2, "inspector/promises.NetworkResources.put()")] } }),
        Export::module(
            "DOMStorage",
            const {
                &NativeModule {
                    name: "inspector/promises.DOMStorage",
                    exports: &[
                        function!("domStorageItemAdded", 1, "inspector/promises.DOMStorage.domStorageItemAdded()"),
                        function!("domStorageItemRemoved", 1, "inspector/promises.DOMStorage.domStorageItemRemoved()"),
                        function!("domStorageItemUpdated", 1, "inspector/promises.DOMStorage.domStorageItemUpdated()"),
                        function!("domStorageItemsCleared", 1, "inspector/promises.DOMStorage.domStorageItemsCleared()"),
                        function!("registerStorage", 1, "inspector/promises.DOMStorage.registerStorage()"),
                    ],
                }
            },
        ),
    ],
};
