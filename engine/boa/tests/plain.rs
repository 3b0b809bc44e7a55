//! Properties from Rust: the quick way gives what the specification's way gives.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string, object::FunctionObjectBuilder, property::{Attribute, PropertyKey}};

use crate::check;

fn read(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key: PropertyKey = args.get_or_undefined(1).to_property_key(cx)?;
    args.get_or_undefined(0).to_object(cx)?.get(key, cx)
}

fn write(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key: PropertyKey = args.get_or_undefined(1).to_property_key(cx)?;
    let object = args.get_or_undefined(0).to_object(cx)?;
    object.set(key, args.get_or_undefined(2).clone(), true, cx).map(JsValue::from)
}

fn prepare(cx: &mut Context) {
    for (name, function) in [("read", read as fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>), ("write", write)] {
        let function = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(function)).name(js_string!(name)).build();
        cx.register_global_property(js_string!(name), function, Attribute::all()).unwrap();
    }
}

#[test]
fn get() {
    check(prepare, &[
        ("read({a: 1}, 'a')", "1"),
        ("read({a: 1}, 'b')", "undefined"),
        ("read(Object.create({a: 2}), 'a')", "2"),
        ("read(Object.create(null), 'toString')", "undefined"),
        ("read({get a() { return this.b }, b: 3}, 'a')", "3"),
        ("read(Object.create({get a() { return this.b }}, {b: {value: 4}}), 'a')", "4"),
        ("read([7, 8], 1)", "8"),
        ("read([7, 8], 'length')", "2"),
        ("read('abc', 'length')", "3"),
        ("read(new Uint8Array([5, 6]), '1') + read(new Uint8Array(3), '-0')", "NaN"),
        ("read(new Proxy({}, {get: (t, k) => 'p' + k}), 'x')", "px"),
        ("read(Object.create(new Proxy({}, {get: (t, k, r) => 'q' + k})), 'x')", "qx"),
        ("read(function f(a, b) {}, 'length')", "2"),
    ]);
}

#[test]
fn set() {
    check(prepare, &[
        ("const o = {a: 1}; write(o, 'a', 2); write(o, 'b', 3); JSON.stringify(o)", r#"{"a":2,"b":3}"#),
        ("const p = {a: 1}, o = Object.create(p); write(o, 'a', 2); p.a + '' + o.a", "12"),
        ("const o = {set a(x) { this.b = x }}; write(o, 'a', 5); o.b", "5"),
        ("const a = [1, 2, 3]; write(a, 'length', 1); write(a, 3, 9); JSON.stringify(a)", "[1,null,null,9]"),
        ("'use strict'; try { write(Object.freeze({a: 1}), 'a', 2) } catch (e) { e.name }", "TypeError"),
        ("const o = {}; Object.defineProperty(o, 'a', {value: 1, writable: true}); write(o, 'a', 2); o.a + JSON.stringify(o)", "2{}"),
        ("const seen = []; write(new Proxy({a: 1}, {set(t, k, v) { seen.push(k, v); return true }}), 'a', 2); seen.join()", "a,2"),
        ("function get() { return this.a } const o = {a: 1}; const one = get.call(o); write(o, 'a', 2); one + '' + get.call(o)", "12"),
    ]);
}

#[test]
fn which_function() {
    let cx = &mut Context::default();
    prepare(cx);
    let read_object = cx.global_object().get(js_string!("read"), cx).unwrap().as_object().unwrap();
    assert!(read_object.is_native_function(read));
    assert!(!read_object.is_native_function(write));
    assert!(!cx.global_object().is_native_function(read));
}

#[test]
fn what_a_function_carries() {
    let cx = &mut Context::default();
    let native = NativeFunction::from_copy_closure_with_captures(|_this, _args, text: &String, _cx| Ok(js_string!(text.as_str()).into()), "carried".to_owned());
    let function = FunctionObjectBuilder::new(cx.realm(), native).build();
    assert_eq!(function.native_captures::<String>().as_deref(), Some("carried"));
    assert_eq!(function.native_captures::<u32>(), None);
    assert_eq!(cx.global_object().native_captures::<String>(), None);
}

#[test]
fn objects_share_their_shapes() {
    let cx = &mut Context::default();
    let mut shape = |object: JsObject| {
        object.set(js_string!("a"), 1, true, cx).expect("an ordinary object takes it");
        object.set(js_string!("b"), 2, true, cx).expect("an ordinary object takes it");
        let address = object.borrow().shape().to_addr_usize();
        // Kept, so that no other shape comes to lie there.
        std::mem::forget(object);
        address
    };
    let other = Context::default();
    assert_ne!(shape(JsObject::with_null_proto()), shape(JsObject::with_null_proto()));
    assert_eq!(shape(JsObject::shared_null(&other)), shape(JsObject::shared_null(&other)));
    assert_eq!(shape(JsObject::with_object_proto(other.intrinsics())), shape(JsObject::with_object_proto(other.intrinsics())));
}
