//! `sqlite`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('sqlite')`
pub static SQLITE: NativeModule = NativeModule {
    name: "sqlite",
    exports: &[
        class!("DatabaseSync", "DatabaseSync", 0, "sqlite.DatabaseSync()"),
        class!("StatementSync", "StatementSync", 0, "sqlite.StatementSync()"),
        class!("Session", "Session", 0, "sqlite.Session()"),
        Export::module(
            "constants",
            const {
                &NativeModule {
                    name: "sqlite.constants",
                    exports: &[
                        Export::int("SQLITE_CHANGESET_OMIT", 0).read_only(),
                        Export::int("SQLITE_CHANGESET_REPLACE", 1).read_only(),
                        Export::int("SQLITE_CHANGESET_ABORT", 2).read_only(),
                        Export::int("SQLITE_CHANGESET_DATA", 1).read_only(),
                        Export::int("SQLITE_CHANGESET_NOTFOUND", 2).read_only(),
                        Export::int("SQLITE_CHANGESET_CONFLICT", 3).read_only(),
                        Export::int("SQLITE_CHANGESET_CONSTRAINT", 4).read_only(),
                        Export::int("SQLITE_CHANGESET_FOREIGN_KEY", 5).read_only(),
                        Export::int("SQLITE_OK", 0).read_only(),
                        Export::int("SQLITE_DENY", 1).read_only(),
                        Export::int("SQLITE_IGNORE", 2).read_only(),
                        Export::int("SQLITE_CREATE_INDEX", 1).read_only(),
                        Export::int("SQLITE_CREATE_TABLE", 2).read_only(),
                        Export::int("SQLITE_CREATE_TEMP_INDEX", 3).read_only(),
                        Export::int("SQLITE_CREATE_TEMP_TABLE", 4).read_only(),
                        Export::int("SQLITE_CREATE_TEMP_TRIGGER", 5).read_only(),
                        Export::int("SQLITE_CREATE_TEMP_VIEW", 6).read_only(),
                        Export::int("SQLITE_CREATE_TRIGGER", 7).read_only(),
                        Export::int("SQLITE_CREATE_VIEW", 8).read_only(),
                        Export::int("SQLITE_DELETE", 9).read_only(),
                        Export::int("SQLITE_DROP_INDEX", 10).read_only(),
                        Export::int("SQLITE_DROP_TABLE", 11).read_only(),
                        Export::int("SQLITE_DROP_TEMP_INDEX", 12).read_only(),
                        Export::int("SQLITE_DROP_TEMP_TABLE", 13).read_only(),
                        Export::int("SQLITE_DROP_TEMP_TRIGGER", 14).read_only(),
                        Export::int("SQLITE_DROP_TEMP_VIEW", 15).read_only(),
                        Export::int("SQLITE_DROP_TRIGGER", 16).read_only(),
                        Export::int("SQLITE_DROP_VIEW", 17).read_only(),
                        Export::int("SQLITE_INSERT", 18).read_only(),
                        Export::int("SQLITE_PRAGMA", 19).read_only(),
                        Export::int("SQLITE_READ", 20).read_only(),
                        Export::int("SQLITE_SELECT", 21).read_only(),
                        Export::int("SQLITE_TRANSACTION", 22).read_only(),
                        Export::int("SQLITE_UPDATE", 23).read_only(),
                        Export::int("SQLITE_ATTACH", 24).read_only(),
                        Export::int("SQLITE_DETACH", 25).read_only(),
                        Export::int("SQLITE_ALTER_TABLE", 26).read_only(),
                        Export::int("SQLITE_REINDEX", 27).read_only(),
                        Export::int("SQLITE_ANALYZE", 28).read_only(),
                        Export::int("SQLITE_CREATE_VTABLE", 29).read_only(),
                        Export::int("SQLITE_DROP_VTABLE", 30).read_only(),
                        Export::int("SQLITE_FUNCTION", 31).read_only(),
                        Export::int("SQLITE_SAVEPOINT", 32).read_only(),
                        Export::int("SQLITE_COPY", 0).read_only(),
                        Export::int("SQLITE_RECURSIVE", 33).read_only(),
                    ],
                }
            },
        ),
        function!("backup", 2, "sqlite.backup()"),
    ],
};
