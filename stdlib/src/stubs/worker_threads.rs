//! `worker_threads`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('worker_threads')`
pub static WORKER_THREADS: NativeModule = NativeModule {
    name: "worker_threads",
    exports: &[
        Export::boolean("isInternalThread", false),
        Export::boolean("isMainThread", true),
        class!("MessagePort", "MessagePort", 0, "worker_threads.MessagePort()"),
        function!("MessageChannel", 0, "worker_threads.MessageChannel()"),
        function!("markAsUncloneable", 1, "worker_threads.markAsUncloneable()"),
        function!("markAsUntransferable", 1, "worker_threads.markAsUntransferable()"),
        function!("isMarkedAsUntransferable", 1, "worker_threads.isMarkedAsUntransferable()"),
        function!("moveMessagePortToContext", 0, "worker_threads.moveMessagePortToContext()"),
        function!("receiveMessageOnPort", 1, "worker_threads.receiveMessageOnPort()"),
        Export::module("resourceLimits", const { &NativeModule { name: "worker_threads.resourceLimits", exports: &[] } }),
        function!("postMessageToThread", 4, "worker_threads.postMessageToThread()"),
        Export::int("threadId", 0),
        Export::string("threadName", ""),
        Export::symbol_value("SHARE_ENV", Symbol::For("nodejs.worker_threads.SHARE_ENV")),
        class!("Worker", "Worker", 1, "worker_threads.Worker()"),
        Export::null("parentPort"),
        Export::null("workerData"),
        class!("BroadcastChannel", "BroadcastChannel", 1, "worker_threads.BroadcastChannel()"),
        function!("setEnvironmentData", 2, "worker_threads.setEnvironmentData()"),
        function!("getEnvironmentData", 1, "worker_threads.getEnvironmentData()"),
        Export::module(
            "locks",
            const { &NativeModule { name: "worker_threads.locks", exports: &[function!("request", 2, "worker_threads.locks.request()"), function!("query", 0, "worker_threads.locks.query()")] } },
        ),
    ],
};
