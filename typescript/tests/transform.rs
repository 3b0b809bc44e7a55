//! What is rewritten; lines stay.

use coil_typescript::transform;

fn code(source: &str) -> String {
    transform(source, "a.ts").map_or_else(|error| error.message, |made| made.code)
}

#[test]
fn enums_become_objects() {
    assert_eq!(
        code("enum A {\n  X = 1,\n  Y = X << 1,\n  Z,\n  S = 's'\n}"),
        "var A = ((A) => {\n  A[A[\"X\"] = 1] = \"X\";\n  A[A[\"Y\"] = A.X << 1] = \"Y\";\n  A[A[\"Z\"] = 3] = \"Z\";\n  A[\"S\"] = 's';\nreturn A; })(A || {});"
    );
}

#[test]
fn namespaces_become_objects() {
    assert_eq!(code("namespace A { export const x = 1; }"), "var A; ((A) => { const x = 1;; A.x = x; })(A || (A = {}));");
}

#[test]
fn parameter_properties_become_fields() {
    assert_eq!(code("class A extends B { constructor(private a = 1, b?: string) { super(); f() } }"), "class A extends B { a; constructor(        a = 1, b         ) { super();; this.a = a; f() } }");
}

#[test]
fn imports_and_exports_of_common_js() {
    assert_eq!(code("import x = require('y'); export = x"), "const x = require('y'); module.exports = x");
}
