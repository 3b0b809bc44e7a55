//! `https`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('https')`
pub static HTTPS: NativeModule = NativeModule {
    name: "https",
    exports: &[
        class!("Agent", "Agent", 1, "https.Agent()"),
        Export::module(
            "globalAgent",
            const {
                &NativeModule {
                    name: "https.globalAgent",
                    exports: &[
                        Export::module(
                            "options",
                            const {
                                &NativeModule {
                                    name: "https.globalAgent.options",
                                    exports: &[
                                        Export::boolean("keepAlive", true),
                                        Export::string("scheduling", "lifo"),
                                        Export::int("timeout", 5000),
                                        Export::undefined("proxyEnv"),
                                        Export::int("defaultPort", 443),
                                        Export::string("protocol", "https:"),
                                        Export::boolean("noDelay", true),
                                        Export::null("path"),
                                    ],
                                }
                            },
                        ),
                        Export::int("defaultPort", 443),
                        Export::string("protocol", "https:"),
                        Export::module("requests", const { &NativeModule { name: "https.globalAgent.requests", exports: &[] } }),
                        Export::module("sockets", const { &NativeModule { name: "https.globalAgent.sockets", exports: &[] } }),
                        Export::module("freeSockets", const { &NativeModule { name: "https.globalAgent.freeSockets", exports: &[] } }),
                        Export::int("keepAliveMsecs", 1000),
                        Export::boolean("keepAlive", true),
                        Export::number("maxSockets", f64::INFINITY),
                        Export::int("maxFreeSockets", 256),
                        Export::string("scheduling", "lifo"),
                        Export::number("maxTotalSockets", f64::INFINITY),
                        Export::int("totalSocketCount", 0),
                        Export::int("agentKeepAliveTimeoutBuffer", 1000),
                        Export::int("maxCachedSessions", 100),
                    ],
                }
            },
        ),
        class!("Server", "Server", 2, "https.Server()"),
        function!("createServer", 2, "https.createServer()"),
        function!("get", 3, "https.get()"),
        function!("request", 0, "https.request()"),
    ],
};
