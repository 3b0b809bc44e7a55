//! `test`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('test')`
pub static TEST: NativeModule = NativeModule {
    name: "test",
    exports: &[
        function!("=", "test", 3, "test()"),
        function!("expectFailure", "", 3, "test.expectFailure()"),
        function!("skip", "", 3, "test.skip()"),
        function!("todo", "", 3, "test.todo()"),
        function!("only", "", 3, "test.only()"),
        function!("after", "", 2, "test.after()"),
        function!("afterEach", "", 2, "test.afterEach()"),
        function!("before", "", 2, "test.before()"),
        function!("beforeEach", "", 2, "test.beforeEach()"),
        function!("describe", "test", 3, "test.describe()"),
        function!("it", "test", 3, "test.it()"),
        function!("run", 0, "test.run()"),
        function!("suite", "test", 3, "test.suite()"),
        function!("test", 3, "test.test()"),
        Export::module(
            "mock",
            const {
                &NativeModule {
                    name: "test.mock",
                    exports: &[
                        Export::module(
                            "timers",
                            const {
                                &NativeModule {
                                    name: "test.mock.timers",
                                    exports: &[
                                        function!("tick", 0, "test.mock.timers.tick()").enumerable(false),
                                        function!("enable", 0, "test.mock.timers.enable()").enumerable(false),
                                        function!("setTime", 0, "test.mock.timers.setTime()").enumerable(false),
                                        function!("reset", 0, "test.mock.timers.reset()").enumerable(false),
                                        function!("runAll", 0, "test.mock.timers.runAll()").enumerable(false),
                                    ],
                                }
                            },
                        )
                        .enumerable(false),
                        function!("fn", 0, "test.mock.fn()").enumerable(false),
                        function!("method", 2, "test.mock.method()").enumerable(false),
                        function!("getter", 2, "test.mock.getter()").enumerable(false),
                        function!("setter", 2, "test.mock.setter()").enumerable(false),
                        function!("property", 3, "test.mock.property()").enumerable(false),
                        function!("reset", 0, "test.mock.reset()").enumerable(false),
                        function!("restoreAll", 0, "test.mock.restoreAll()").enumerable(false),
                    ],
                }
            },
        ),
        Export::module(
            "snapshot",
            const {
                &NativeModule {
                    name: "test.snapshot",
                    exports: &[
                        function!("setDefaultSnapshotSerializers", 1, "test.snapshot.setDefaultSnapshotSerializers()"),
                        function!("setResolveSnapshotPath", 1, "test.snapshot.setResolveSnapshotPath()"),
                    ],
                }
            },
        ),
        Export::module("assert", const { &NativeModule { name: "test.assert", exports: &[function!("register", 2, "test.assert.register()")] } }),
    ],
};
