//! Buffers and views made from Rust, and the bytes behind any view.

use boa_engine::{
    Context, JsObject, Source, js_string,
    builtins::typed_array::TypedArrayKind,
    bytes::{ByteRange, copied, typed_array, uint8_array, zeroed},
    object::builtins::{JsArrayBuffer, JsUint8Array},
    property::Attribute,
};

use crate::show;

#[test]
fn made_from_rust() {
    let cx = &mut Context::default();
    let prototype = cx.eval(Source::from_bytes("class Buffer extends Uint8Array { hello() { return 'hello' } } Buffer.prototype")).unwrap().as_object().unwrap();
    let mut block = zeroed(4);
    block[1] = 9;
    let address = block.as_ptr();
    let buffer = uint8_array(block, Some(&prototype), cx).unwrap();
    assert_eq!(ByteRange::of(&buffer).unwrap().read(<[u8]>::as_ptr), address, "adopted, not copied");
    let bytes = JsUint8Array::from_bytes(b"abc", cx).unwrap();
    let shared = JsArrayBuffer::adopt(copied(&[1, 0, 2, 0, 3, 0]), cx).unwrap();
    let words = typed_array(TypedArrayKind::Uint16, &shared, 2, 2, None, cx).unwrap();
    assert!(typed_array(TypedArrayKind::Uint16, &shared, 1, 1, None, cx).is_err());
    assert!(typed_array(TypedArrayKind::Uint16, &shared, 2, 3, None, cx).is_err());
    assert_eq!(zeroed(0).len(), 0);

    for (name, object) in [("b", buffer), ("a", JsObject::from(bytes)), ("w", words)] {
        cx.register_global_property(js_string!(name), object, Attribute::all()).unwrap();
    }
    assert_eq!(show("[b.hello(), b instanceof Uint8Array, ...b, b.subarray(1).hello(), b.buffer.byteLength]", cx), "hello,true,0,9,0,0,hello,4");
    assert_eq!(show("[a, a.length, w, w.byteOffset, w.length, Object.prototype.toString.call(w)]", cx), "97,98,99,3,2,3,2,2,[object Uint16Array]");
}

#[test]
fn of_any_view() {
    let cx = &mut Context::default();
    let range = |source: &str, cx: &mut Context| ByteRange::of(&cx.eval(Source::from_bytes(source)).unwrap().as_object().unwrap());
    let view = range("var u = new Uint8Array([1, 2, 3, 4]).subarray(1, 3); u", cx).unwrap();
    assert_eq!((view.byte_offset, view.byte_length, view.to_vec()), (1, 2, vec![2, 3]));
    view.write(|bytes| bytes.fill(7));
    assert_eq!(show("new Uint8Array(u.buffer).join()", cx), "1,7,7,4");
    assert_eq!(range("new DataView(u.buffer, 2)", cx).unwrap().to_vec(), [7, 4]);
    assert_eq!(range("u.buffer", cx).unwrap().to_vec(), [1, 7, 7, 4]);
    let shared = range("var s = new SharedArrayBuffer(3); new Uint8Array(s, 1)", cx).unwrap();
    shared.write(|bytes| bytes[0] = 5);
    assert!(shared.is_shared() && shared.array_buffer().is_none());
    assert_eq!(show("new Uint8Array(s).join()", cx), "0,5,0");
    assert!(range("({})", cx).is_none());

    view.array_buffer().unwrap().detach(&boa_engine::JsValue::undefined()).unwrap();
    assert_eq!(view.to_vec(), [0u8; 0]);
    assert_eq!(range("u", cx).unwrap().byte_length, 0);
}

#[test]
fn permanent_buffers() {
    let cx = &mut Context::default();
    let buffer = JsArrayBuffer::adopt_permanently(copied(&[1, 2]), cx).unwrap();
    assert!(!buffer.is_detachable());
    cx.register_global_property(js_string!("p"), buffer, Attribute::all()).unwrap();
    assert_eq!(show("try { p.transfer() } catch (e) { e.name }", cx), "TypeError");
    assert_eq!(show("p.byteLength", cx), "2");
    assert!(JsArrayBuffer::adopt(copied(&[1]), cx).unwrap().is_detachable());
}

#[test]
fn views_that_follow() {
    let cx = &mut Context::default();
    for (source, follows) in [
        ("new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }))", true),
        ("new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }), 0, 2)", false),
        ("new DataView(new ArrayBuffer(2, { maxByteLength: 4 }))", true),
        ("new Uint8Array(2)", false),
    ] {
        let view = cx.eval(Source::from_bytes(source)).unwrap().as_object().unwrap();
        assert_eq!(ByteRange::tracks_length(&view), follows, "{source}");
    }
}
