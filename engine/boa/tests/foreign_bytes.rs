//! Buffers over bytes that are not the engine's.

use boa_engine::{Context, JsObject, js_string, object::builtins::JsArrayBuffer, property::Attribute};

use crate::show;

/// Eight bytes aligned as the elements of typed arrays are.
#[repr(align(8))]
struct Bytes([u8; 8]);

#[test]
#[allow(unsafe_code)]
fn bytes_of_somebody_else() {
    let cx = &mut Context::default();
    let (mut first, mut second) = (Bytes([1, 2, 3, 4, 5, 6, 7, 8]), Bytes([9; 8]));
    let (one, other) = (first.0.as_mut_ptr(), second.0.as_mut_ptr());
    let owner = JsObject::with_null_proto();
    // SAFETY: the arrays outlive the buffer's use of them, and are touched here only while no data of it is borrowed.
    let buffer = unsafe { JsArrayBuffer::over(one, 8, owner.clone(), cx) }.unwrap();
    cx.register_global_property(js_string!("b"), buffer.clone(), Attribute::all()).unwrap();
    assert_eq!(show("var u = new Uint8Array(b); u[0] = 77; u.join()", cx), "77,2,3,4,5,6,7,8");
    // SAFETY: as above.
    unsafe {
        assert_eq!(*one, 77);
        *one.add(1) = 99;
    }
    assert_eq!(show("new Uint16Array(b, 0, 1)[0] + ' ' + u[1]", cx), format!("{} 99", 77 + 99 * 256));
    assert_eq!(show("try { b.transfer() } catch (e) { e.name + ' ' + b.byteLength }", cx), "TypeError 8");
    assert_eq!(show("b.slice(0, 2).byteLength + ' ' + b.resizable", cx), "2 false");
    assert!(!buffer.is_detachable());
    // SAFETY: as above.
    unsafe { buffer.move_over(other, 8, owner) };
    assert_eq!(show("u[0] + ' ' + u.length", cx), "9 8");
    buffer.let_go();
    assert_eq!(show("b.detached + ' ' + u.length + ' ' + u[0]", cx), "true 0 undefined");
    // SAFETY: the pointer is refused.
    assert!(unsafe { JsArrayBuffer::over(one.wrapping_add(1), 4, JsObject::with_null_proto(), cx) }.is_err());
}
