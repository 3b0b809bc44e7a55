//! Objects of one template, and arrays changed in place.

use boa_engine::{Context, HostTemplate, JsValue, Source, js_string, object::builtins::JsArray, property::Attribute};

use crate::show;

#[test]
fn objects() {
    let cx = &mut Context::default();
    let template = HostTemplate::plain(&["dev", "size", "name"], cx);
    let object = template.create(vec![1.into(), 2.into()]);
    cx.register_global_property(js_string!("o"), object, Attribute::all()).unwrap();
    cx.register_global_property(js_string!("p"), template.create(vec![7.into(), 8.into(), js_string!("n").into()]), Attribute::all()).unwrap();
    assert_eq!(show("o.added = 3; JSON.stringify([o, p, Object.getOwnPropertyDescriptor(p, 'size')])", cx), r#"[{"dev":1,"size":2,"added":3},{"dev":7,"size":8,"name":"n"},{"value":8,"writable":true,"enumerable":true,"configurable":true}]"#);

    let null = HostTemplate::new(None, [(js_string!("hidden").into(), Attribute::WRITABLE)], cx);
    cx.register_global_property(js_string!("q"), null.create(vec![1.into()]), Attribute::all()).unwrap();
    assert_eq!(show("[Object.getPrototypeOf(q), Object.keys(q).length, q.hidden, delete q.hidden]", cx), ",0,1,false");
}

#[test]
fn arrays() {
    let cx = &mut Context::default();
    let mut array = |source: &str| JsArray::from_object(cx.eval(Source::from_bytes(source)).unwrap().as_object().unwrap()).unwrap();
    let (ints, holes, frozen, empty) = (array("[1, 2, 3]"), array("[1, , 3]"), array("Object.freeze([1])"), array("[]"));
    let (floats, fixed) = (array("[1.5]"), array("Object.defineProperty([1], 'length', { writable: false })"));

    assert_eq!(ints.dense_values().unwrap().as_slice(), [1.into(), 2.into(), 3.into()]);
    assert!(holes.dense_values().is_none());
    assert_eq!(ints.change_dense(|values| values.remove(0)), Some(JsValue::from(1)));
    ints.append(vec![js_string!("x").into()], cx).unwrap();
    assert_eq!(ints.length(cx).unwrap(), 3);
    assert_eq!(empty.change_dense(|values| values.push(5.into())), Some(()));
    empty.append(vec![6.into()], cx).unwrap();
    floats.append(vec![2.into(), JsValue::null()], cx).unwrap();
    holes.append(vec![4.into()], cx).unwrap();
    assert!(frozen.change_dense(|_| ()).is_none() && fixed.change_dense(|_| ()).is_none());
    assert!(frozen.append(vec![1.into()], cx).is_err() && fixed.append(vec![1.into()], cx).is_err());

    for (name, array) in [("a", ints), ("b", holes), ("c", empty), ("d", floats)] {
        cx.register_global_property(js_string!(name), array, Attribute::all()).unwrap();
    }
    assert_eq!(show("c.push(7); a.unshift(0); [a, b, c, d].map(x => JSON.stringify(x) + x.length).join(' ')", cx), r#"[0,2,3,"x"]4 [1,null,3,4]4 [5,6,7]3 [1.5,2,null]3"#);
}
