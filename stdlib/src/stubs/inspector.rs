//! `inspector`: what Node exports there. Of it sessions work (`crate::inspector`).

use super::*;

/// `require('inspector')`
pub static INSPECTOR: NativeModule = NativeModule {
    name: "inspector",
    exports: &[
        function!("open", "inspectorOpen", 3, "inspector.open()"),
        // As where no inspector was opened: there is none to close and none has a URL.
        Export::renamed("close", "_debugEnd", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::function("url", 0, |_, _, _| Ok(JsValue::undefined())),
        Export::renamed("waitForDebugger", "inspectorWaitForDebugger", 0, |_, _, cx| Err(errors::coded(errors::Base::Error, "ERR_INSPECTOR_NOT_ACTIVE", "Inspector is not active", cx))),
        Export::module(
            "console",
            const {
                &NativeModule {
                    name: "inspector.console",
                    exports: &[
                        function!("debug", 0, "inspector.console.debug()"),
                        function!("error", 0, "inspector.console.error()"),
                        function!("info", 0, "inspector.console.info()"),
                        function!("log", 0, "inspector.console.log()"),
                        function!("warn", 0, "inspector.console.warn()"),
                        function!("dir", 0, "inspector.console.dir()"),
                        function!("dirxml", 0, "inspector.console.dirxml()"),
                        function!("table", 0, "inspector.console.table()"),
                        function!("trace", 0, "inspector.console.trace()"),
                        function!("group", 0, "inspector.console.group()"),
                        function!("groupCollapsed", 0, "inspector.console.groupCollapsed()"),
                        function!("groupEnd", 0, "inspector.console.groupEnd()"),
                        function!("clear", 0, "inspector.console.clear()"),
                        function!("count", 0, "inspector.console.count()"),
                        function!("countReset", 0, "inspector.console.countReset()"),
                        function!("assert", 0, "inspector.console.assert()"),
                        function!("profile", 0, "inspector.console.profile()"),
                        function!("profileEnd", 0, "inspector.console.profileEnd()"),
                        function!("time", 0, "inspector.console.time()"),
                        function!("timeLog", 0, "inspector.console.timeLog()"),
                        function!("timeEnd", 0, "inspector.console.timeEnd()"),
                        function!("timeStamp", 0, "inspector.console.timeStamp()"),
                        function!("context", 1, "inspector.console.context()"),
                    ],
                }
            },
        ),
        Export::class(&crate::inspector::SESSION),
        Export::module(
            "Network",
            const {
                &NativeModule {
                    name: "inspector.Network",
                    exports: &[
                        function!("requestWillBeSent", 1, "inspector.Network.requestWillBeSent()"),
                        function!("responseReceived", 1, "inspector.Network.responseReceived()"),
                        function!("loadingFinished", 1, "inspector.Network.loadingFinished()"),
                        function!("loadingFailed", 1, "inspector.Network.loadingFailed()"),
                        function!("dataSent", 1, "inspector.Network.dataSent()"),
                        function!("dataReceived", 1, "inspector.Network.dataReceived()"),
                        function!("webSocketCreated", 1, "inspector.Network.webSocketCreated()"),
                        function!("webSocketClosed", 1, "inspector.Network.webSocketClosed()"),
                        function!("webSocketHandshakeResponseReceived", 1, "inspector.Network.webSocketHandshakeResponseReceived()"),
                    ],
                }
            },
        ),
        Export::module("NetworkResources", const { &NativeModule { name: "inspector.NetworkResources", exports: &[function!("put", 2, "inspector.NetworkResources.put()")] } }),
        Export::module(
            "DOMStorage",
            const {
                &NativeModule {
                    name: "inspector.DOMStorage",
                    exports: &[
                        function!("domStorageItemAdded", 1, "inspector.DOMStorage.domStorageItemAdded()"),
                        function!("domStorageItemRemoved", 1, "inspector.DOMStorage.domStorageItemRemoved()"),
                        function!("domStorageItemUpdated", 1, "inspector.DOMStorage.domStorageItemUpdated()"),
                        function!("domStorageItemsCleared", 1, "inspector.DOMStorage.domStorageItemsCleared()"),
                        function!("registerStorage", 1, "inspector.DOMStorage.registerStorage()"),
                    ],
                }
            },
        ),
    ],
};
