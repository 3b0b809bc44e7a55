//! `node:test/reporters`: the reporters as streams and generators over events.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    errors,
    table::{self, Export, NativeModule},
};

use super::{super::tree::Carried, Reporter, named};
use crate::coroutine::{self, Iteration, run};

/// `require('node:test/reporters')`
pub static REPORTERS: NativeModule = NativeModule {
    name: "test/reporters",
    exports: &[
        Export::getter("dot", |_, _, cx| of_generators("dot", cx)),
        Export::getter("junit", |_, _, cx| of_generators("junit", cx)),
        Export::build("spec", |cx| transform("spec", cx)).read_only(),
        Export::getter("tap", |_, _, cx| of_generators("tap", cx)),
        Export::build("lcov", |cx| transform("lcov", cx)).read_only(),
    ],
};

/// What the getters of the module give, each made once.
static GENERATORS: NativeModule = NativeModule {
    name: "test/reporters.generators",
    exports: &[
        Export::function("dot", 1, |_this, args, cx| generator("dot", args, cx)),
        Export::renamed("junit", "junitReporter", 1, |_this, args, cx| generator("junit", args, cx)),
        Export::renamed("tap", "tapReporter", 1, |_this, args, cx| generator("tap", args, cx)),
    ],
};

fn of_generators(name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    table::instantiate(&GENERATORS, cx)?.get(js_string!(name), cx)
}

/// `spec` and `lcov`: Transforms of events; they may be called with or without `new`.
fn transform(name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let make = boa_engine::NativeFunction::from_copy_closure(move |_this, _args, cx| {
        let Some(reporter) = named(name, cx)? else { return Ok(JsValue::undefined()) };
        let reporter: Carried<Rc<RefCell<Box<dyn Reporter>>>> = Carried(Rc::new(RefCell::new(reporter)));
        let transform = table::closure(
            "transform",
            3,
            reporter.clone(),
            |_this, args, reporter, cx| {
                let event = args.get_or_undefined(0).to_object(cx)?;
                let text = told(&reporter.0, &event, cx)?.concat();
                answer(args.get_or_undefined(2), &text, cx)
            },
            cx,
        );
        let flush = table::closure(
            "flush",
            1,
            reporter,
            |_this, args, reporter, cx| {
                let text = reporter.0.borrow_mut().end(cx)?;
                answer(args.get_or_undefined(0), &text, cx)
            },
            cx,
        );
        let options = JsObject::with_null_proto();
        options.create_data_property_or_throw(js_string!("writableObjectMode"), true, cx)?;
        options.create_data_property_or_throw(js_string!("transform"), transform, cx)?;
        options.create_data_property_or_throw(js_string!("flush"), flush, cx)?;
        Ok(crate::stream::TRANSFORM.construct(&[options.into()], cx)?.into())
    });
    let function = boa_engine::object::FunctionObjectBuilder::new(cx.realm(), make).name(js_string!("value")).length(0).host_constructor(boa_engine::object::HostConstructor::Allocating).build();
    Ok(function.into())
}

fn told(reporter: &RefCell<Box<dyn Reporter>>, event: &JsObject, cx: &mut Context) -> JsResult<Vec<String>> {
    let kind = event.get(js_string!("type"), cx)?.to_string(cx)?.to_std_string_lossy();
    let data = event.get(js_string!("data"), cx)?.to_object(cx)?;
    // A getter of the data may ask this very reporter.
    let Ok(mut reporter) = reporter.try_borrow_mut() else { return Err(errors::plain(errors::Base::Error, "the reporter is busy")) };
    reporter.pieces(&kind, &data, cx)
}

fn answer(callback: &JsValue, text: &str, cx: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = callback.as_callable() else { return Ok(JsValue::undefined()) };
    let text = if text.is_empty() { JsValue::undefined() } else { js_string!(text).into() };
    callback.call(&JsValue::undefined(), &[JsValue::null(), text], cx)
}

/// An async generator of the texts of one of our reporters.
fn generator(name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = args.get_or_undefined(0).clone();
    let Some(reporter) = named(name, cx)? else { return Ok(JsValue::undefined()) };
    let reporter = Rc::new(RefCell::new(reporter));
    let generator = coroutine::generator(cx, |gives| async move {
        let first = reporter.borrow_mut().begin();
        if !first.is_empty() {
            gives.give(js_string!(first).into()).await?;
        }
        let events = Iteration::start(&gives, source).await?;
        while let Some(event) = events.next(&gives).await? {
            let pieces = run!(
                gives,
                [reporter] | cx | {
                    let event = event.to_object(cx)?;
                    told(&reporter, &event, cx)
                }
            )?;
            for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
                gives.give(js_string!(piece).into()).await?;
            }
        }
        let last = run!(gives, [reporter] | cx | reporter.borrow_mut().end(cx))?;
        if !last.is_empty() {
            gives.give(js_string!(last).into()).await?;
        }
        Ok(JsValue::undefined())
    })?;
    Ok(generator.into())
}
