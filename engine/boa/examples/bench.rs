use boa_engine::*;
use std::time::Instant;
fn cpu() -> f64 { let s = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap(); s.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6 }
fn nop(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> { Ok(JsValue::undefined()) }
fn main() {
    let n = 1_000_000;
    for (name, src) in [
        ("empty loop", "for(let i=0;i<N;i++){}"),
        ("nop()", "for(let i=0;i<N;i++){nop()}"),
        ("nop(1,2,3)", "for(let i=0;i<N;i++){nop(1,2,3)}"),
        ("new Ctor", "for(let i=0;i<N;i++){new Ctor(1)}"),
        ("o.m()", "const o={m:nop};for(let i=0;i<N;i++){o.m()}"),
        ("js f()", "function f(){};for(let i=0;i<N;i++){f()}"),
        ("throw/catch", "for(let i=0;i<N/10;i++){try{throw new Error('x')}catch{}}"),
    ] {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let mut cx = Context::default();
            let f = object::FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(nop)).name(js_string!("nop")).build();
            cx.register_global_property(js_string!("nop"), f, property::Attribute::all()).unwrap();
            let f = object::FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(nop)).constructor(true).build();
            cx.register_global_property(js_string!("Ctor"), f, property::Attribute::all()).unwrap();
            let src = format!("(function(){{ const N={n}; const nop=globalThis.nop, Ctor=globalThis.Ctor; {src} }})");
            let f = cx.eval(Source::from_bytes(&src)).unwrap().as_object().unwrap();
            let t = cpu();
            f.call(&JsValue::undefined(), &[], &mut cx).unwrap();
            best = best.min(cpu() - t);
        }
        println!("{name:14} {:7.1} ns", best * 1e6 / n as f64);
    }
}
