//! `cluster`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('cluster')`
pub static CLUSTER: NativeModule = NativeModule {
    name: "cluster",
    exports: &[
        Export::build("=", emitter),
        Export::boolean("isWorker", false),
        Export::boolean("isMaster", true),
        Export::boolean("isPrimary", true),
        class!("Worker", "Worker", 1, "cluster.Worker()"),
        Export::module("workers", const { &NativeModule { name: "cluster.workers", exports: &[] } }),
        Export::module("settings", const { &NativeModule { name: "cluster.settings", exports: &[] } }),
        Export::int("SCHED_NONE", 1),
        Export::int("SCHED_RR", 2),
        Export::int("schedulingPolicy", 2),
        function!("setupPrimary", "", 1, "cluster.setupPrimary()"),
        function!("setupMaster", "", 1, "cluster.setupMaster()"),
        function!("fork", "", 1, "cluster.fork()"),
        function!("disconnect", "", 1, "cluster.disconnect()"),
    ],
};
