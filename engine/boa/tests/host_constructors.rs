//! A native constructor has `this` when called, an object of the right prototype when constructed, and knows its new.target.

use boa_engine::{
    Context, HostConstructor, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_str, js_string,
    builtins::object::OrdinaryObject,
    object::FunctionObjectBuilder,
    property::{Attribute, PropertyDescriptor},
};

use crate::check;

fn point(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    // Nested calls of every sort must leave the answers below alone.
    if let Some(function) = args.get_or_undefined(1).as_callable() {
        function.call(&JsValue::undefined(), &[], cx)?;
    }
    let mode = match cx.new_target() {
        Some(target) => js_string!(js_str!("new "), &target.get(js_string!("name"), cx)?.to_string(cx)?),
        None => js_string!("call"),
    };
    let active = cx.active_function().unwrap().get(js_string!("name"), cx)?;
    if let Some(object) = this.as_object() {
        object.set(js_string!("x"), args.get_or_undefined(0).clone(), true, cx)?;
        object.set(js_string!("mode"), mode.clone(), true, cx)?;
        object.set(js_string!("active"), active, true, cx)?;
        return Ok(if args.len() > 2 { args[2].clone() } else { JsValue::undefined() });
    }
    Ok(mode.into())
}

fn maker(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Ok(this.clone());
    }
    if !args.is_empty() {
        return Ok(JsValue::from(1));
    }
    let prototype = cx.prototype_from_new_target(None)?;
    let object = JsObject::from_proto_and_data(prototype, OrdinaryObject);
    object.set(js_string!("this"), this.is_undefined(), true, cx)?;
    Ok(object.into())
}

fn prepare(cx: &mut Context) {
    for (name, function, kind) in [
        ("Point", point as fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>, HostConstructor::Ordinary),
        ("Maker", maker, HostConstructor::Allocating),
    ] {
        let constructor = FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(function)).name(js_string!(name)).length(1).host_constructor(kind).build();
        let prototype = JsObject::with_object_proto(cx.intrinsics());
        prototype.set(js_string!("made"), js_string!(name), true, cx).unwrap();
        constructor
            .define_property_or_throw(
                js_string!("prototype"),
                PropertyDescriptor::builder().value(prototype).writable(true).enumerable(false).configurable(false),
                cx,
            )
            .unwrap();
        cx.register_global_property(js_string!(name), constructor, Attribute::all()).unwrap();
    }
}

#[test]
fn ordinary() {
    check(
        prepare,
        &[
            ("let p = new Point(5); [p.x, p.mode, p.made, p instanceof Point]", "5,new Point,Point,true"),
            ("let o = {}; Point.call(o, 6); [o.x, o.mode]", "6,call"),
            ("Point(1)", "call"),
            ("class Y extends Point { f = this.x + 1; constructor(x) { super(x); this.y = x * 2 } } let y = new Y(3); [y.x, y.f, y.y, y.mode, y.made, y instanceof Y, y.active]", "3,4,6,new Y,Point,true,Point"),
            ("function Old(x) { Point.call(this, x) } Object.setPrototypeOf(Old.prototype, Point.prototype); let q = new Old(7); [q.x, q.made, q.mode]", "7,Point,call"),
            ("let r = Reflect.construct(Point, [8], Array); [r.x, r.mode, Array.isArray(r), r instanceof Array]", "8,new Array,false,true"),
            ("let B = Point.bind(null, 9); let b = new B(); [b.x, b.mode, b instanceof Point]", "9,new Point,true"),
            ("let z = new Point(1, null, [4]); [Array.isArray(z), z[0]]", "true,4"),
            ("new Point(1, null, 4).x", "1"),
            ("Point.prototype = 1; Object.getPrototypeOf(new Point(1)) === Object.prototype", "true"),
            // new.target and the active function after nested calls: a script function, a native one, and the constructor itself.
            ("let n = new Point(1, () => new Point(2, () => [3].map(String))); [n.mode, n.active]", "new Point,Point"),
            ("let m = {}; Point.call(m, 1, () => new Point(2)); [m.mode, m.active]", "call,Point"),
            ("let e = {}; try { Point.call({}, 1, () => { throw 1 }) } catch {} Point.call(e); e.mode", "call"),
            ("new Proxy(Point, {})(1); let w = new (new Proxy(Point, {}))(2); [w.x, w.mode]", "2,new Point"),
        ],
    );
}

#[test]
fn allocating() {
    check(
        prepare,
        &[
            ("let p = new Maker(); [p.this, p.made]", "true,Maker"),
            ("class Y extends Maker { z = 1 } let y = new Y(); [y.this, y.made, y.z, y instanceof Y]", "true,Maker,1,true"),
            ("new Maker(1)", "!TypeError: constructor must return an object"),
            ("let o = {}; Maker.call(o) === o", "true"),
        ],
    );
}

#[test]
fn many_arguments() {
    check(prepare, &[("Math.max(1,2,3,4,5,6,7,8,9,10,11)", "11"), ("Math.max(...Array.from({ length: 1000 }, (_, i) => i))", "999"), ("Math.max(1,2,3,4,5,6,7,8)", "8")]);
}
