//! `util.inspect` as scripts see it: the function, its options, its tables.

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::{IntegrityLevel, builtins::JsArray},
    property::PropertyDescriptor,
};
use coil_engine::{Host, table, validate};

use super::{
    Depth, Formatter, Options, Text, inspect_text,
    options::NAMES,
    regexp,
    styles::{ALIASES, COLORS, STYLES, colored_by},
};

/// What scripts may have changed. Nothing is made before it is asked for.
#[derive(Default)]
struct Made {
    inspect: OnceCell<JsObject>,
    default_options: OnceCell<JsObject>,
    with_color: OnceCell<JsObject>,
    without_color: OnceCell<JsObject>,
}

/// `Symbol.for('nodejs.util.inspect.custom')`
pub(crate) fn custom_symbol(cx: &mut Context) -> JsSymbol {
    Host::of(cx).registered_symbol("nodejs.util.inspect.custom", cx)
}

/// The function, if a script can have changed its tables.
pub(super) fn made_inspect(cx: &Context) -> Option<JsObject> {
    Host::of(cx).state::<Made>().inspect.get().cloned()
}

/// The options to start from: `inspect.defaultOptions`.
pub(crate) fn installed_options(cx: &mut Context) -> JsResult<Options> {
    let Some(object) = Host::of(cx).state::<Made>().default_options.get().cloned() else {
        return Ok(Options::default());
    };
    let mut options = Options::default();
    for name in NAMES {
        let value = object.get(JsString::from(*name), cx)?;
        options.set(name, &value, cx)?;
    }
    Ok(options)
}

/// `util.inspect`, made once.
pub(crate) fn inspect_function(cx: &mut Context) -> JsResult<JsObject> {
    let made = Host::of(cx).state::<Made>();
    if let Some(found) = made.inspect.get() {
        return Ok(found.clone());
    }
    let function: JsObject = table::function(call, js_string!("inspect"), 2, cx).into();
    let custom = custom_symbol(cx);
    let colors = colors(cx)?;
    let styles = styles(cx)?;
    function.create_data_property_or_throw(js_string!("custom"), custom, cx)?;
    let get = table::function(default_options, js_string!("get"), 0, cx);
    let set = table::function(set_default_options, js_string!("set"), 1, cx);
    let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(false).configurable(false);
    function.define_property_or_throw(js_string!("defaultOptions"), accessor, cx)?;
    function.create_data_property_or_throw(js_string!("colors"), colors, cx)?;
    function.create_data_property_or_throw(js_string!("styles"), styles, cx)?;
    Ok(made.inspect.get_or_init(|| function).clone())
}

/// `inspect(value, options)`, or the old `inspect(value, showHidden, depth, colors)`.
fn call(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut options = installed_options(cx)?;
    if let [_, given, old @ ..] = args {
        if let Some(depth) = old.first().filter(|depth| !depth.is_undefined()) {
            options.set("depth", depth, cx)?;
        }
        if let Some(colors) = old.get(1).filter(|colors| !colors.is_undefined()) {
            options.set("colors", colors, cx)?;
        }
        if let Some(hidden) = given.as_boolean() {
            options.show_hidden = hidden;
        } else if let Some(given) = given.as_object() {
            options = options.merged(&given, cx)?;
        }
    }
    Ok(inspect_text(args.get_or_undefined(0), options, cx)?.to_js().into())
}

fn default_options(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(default_options_object(cx)?.into())
}

fn default_options_object(cx: &mut Context) -> JsResult<JsObject> {
    let made = Host::of(cx).state::<Made>();
    if let Some(found) = made.default_options.get() {
        return Ok(found.clone());
    }
    let object = Options::default().to_object(cx)?;
    object.set_integrity_level(IntegrityLevel::Sealed, cx)?;
    Ok(made.default_options.get_or_init(|| object).clone())
}

fn set_default_options(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = validate::object(args.get_or_undefined(0), "options", cx)?;
    let object = default_options_object(cx)?;
    for key in given.own_property_keys(cx)? {
        let enumerable = given.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        if enumerable {
            let value = given.get(key.clone(), cx)?;
            object.set(key, value, true, cx)?;
        }
    }
    Ok(object.into())
}

fn colors(cx: &mut Context) -> JsResult<JsObject> {
    let colors = JsObject::with_null_proto();
    for (name, start, end) in COLORS {
        let pair = JsArray::from_iter([JsValue::from(*start), JsValue::from(*end)], cx);
        colors.create_data_property_or_throw(JsString::from(*name), pair, cx)?;
    }
    for (target, alias) in ALIASES {
        let target = JsString::from(*target);
        let get = table::closure("get", 0, target.clone(), |this, _, target, cx| this.to_object(cx)?.get(target.clone(), cx), cx);
        let set = table::closure(
            "set",
            1,
            target,
            |this, args, target, cx| {
                this.to_object(cx)?.set(target.clone(), args.get_or_undefined(0).clone(), true, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        let accessor = PropertyDescriptor::builder().get(get).set(set).enumerable(false).configurable(true);
        colors.define_property_or_throw(JsString::from(*alias), accessor, cx)?;
    }
    Ok(colors)
}

fn styles(cx: &mut Context) -> JsResult<JsObject> {
    let styles = JsObject::with_null_proto();
    for (name, color) in STYLES {
        let value: JsValue = if *name == "regexp" {
            let function = table::function(highlight, js_string!("highlightRegExp"), 1, cx);
            let names = regexp::COLOR_NAMES.iter().map(|name| JsValue::from(JsString::from(*name)));
            let names = JsArray::from_iter(names.collect::<Vec<_>>(), cx);
            function.create_data_property_or_throw(js_string!("colors"), names, cx)?;
            function.into()
        } else {
            JsString::from(*color).into()
        };
        styles.create_data_property_or_throw(JsString::from(*name), value, cx)?;
    }
    Ok(styles)
}

/// `highlightRegExp`, in the colours that its own property names.
fn highlight(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    let palette = palette(cx)?;
    Ok(regexp::highlighted(&Text::from_js(&text), &palette).to_js().into())
}

fn palette(cx: &mut Context) -> JsResult<regexp::Palette> {
    let Some(function) = cx.active_function() else { return Ok(regexp::default_palette()) };
    let inspect = inspect_function(cx)?;
    let names = function.get(js_string!("colors"), cx)?;
    let names = match names.as_object() {
        Some(names) => names,
        None => return Ok(regexp::default_palette()),
    };
    let count = names.get(js_string!("length"), cx)?.to_length(cx)?.min(COLORS.len() as u64);
    if count == 0 {
        return Ok(regexp::default_palette());
    }
    let colors = inspect.get(js_string!("colors"), cx)?.to_object(cx)?;
    let mut palette = Vec::new();
    for index in 0..count {
        let key = names.get(index, cx)?.to_property_key(cx)?;
        if let Some(color) = colors.get(key, cx)?.as_object() {
            let start = color.get(0, cx)?.to_string(cx)?.to_std_string_lossy();
            let end = color.get(1, cx)?.to_string(cx)?.to_std_string_lossy();
            palette.push((start, end));
        }
    }
    Ok(palette)
}

impl Formatter {
    /// `getUserOptions`: what a custom function gets. An object of another realm gets nothing of this one's.
    pub(super) fn user_options(&mut self, foreign: bool, cx: &mut Context) -> JsResult<JsObject> {
        let options = if foreign { JsObject::with_null_proto() } else { JsObject::with_object_proto(cx.intrinsics()) };
        let stylize = self.stylize_function(cx);
        options.create_data_property_or_throw(js_string!("stylize"), stylize.clone(), cx)?;
        for name in NAMES {
            options.create_data_property_or_throw(JsString::from(*name), self.options.to_js(name), cx)?;
        }
        if let Some(user) = self.options.user.clone() {
            for key in user.own_property_keys(cx)? {
                if user.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
                    let value = user.get(key.clone(), cx)?;
                    options.create_data_property_or_throw(key, value, cx)?;
                }
            }
        }
        if foreign {
            for key in options.own_property_keys(cx)? {
                if options.get(key.clone(), cx)?.is_object() {
                    options.delete_property_or_throw(key, cx)?;
                }
            }
            let shielded = shielded(stylize, cx);
            options.create_data_property_or_throw(js_string!("stylize"), shielded, cx)?;
        }
        Ok(options)
    }

    fn stylize_function(&self, cx: &mut Context) -> JsObject {
        if let (false, Some(custom)) = (self.options.colors, &self.options.stylize) {
            return custom.clone();
        }
        let made = Host::of(cx).state::<Made>();
        if self.options.colors {
            let function = || table::function(stylize_with_color, js_string!("stylizeWithColor"), 2, cx).into();
            return made.with_color.get_or_init(function).clone();
        }
        let function = || table::function(stylize_no_color, js_string!("stylizeNoColor"), 1, cx).into();
        made.without_color.get_or_init(function).clone()
    }
}

/// A `stylize` that gives strings only and has no prototype to climb.
fn shielded(stylize: JsObject, cx: &mut Context) -> JsObject {
    let function = table::closure(
        "",
        2,
        stylize,
        |_, args, stylize, cx| {
            let value = args.get_or_undefined(0);
            let made = stylize.call(&JsValue::undefined(), &[value.clone(), args.get_or_undefined(1).clone()], cx);
            let text = made.and_then(|made| made.to_string(cx));
            Ok(text.map_or_else(|_| value.clone(), JsValue::from))
        },
        cx,
    );
    let function: JsObject = function.into();
    function.set_prototype(None);
    function
}

fn stylize_no_color(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).clone())
}

fn stylize_with_color(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let inspect = inspect_function(cx)?;
    let text = args.get_or_undefined(0).to_string(cx)?;
    let style = args.get_or_undefined(1).to_string(cx)?.to_std_string_lossy();
    Ok(colored_by(&inspect, Text::from_js(&text), &style, cx)?.to_js().into())
}

/// The options of `%s`: one level, no colours.
pub(super) fn shallow(mut options: Options) -> Options {
    options.compact = super::Compact::Entries(3.0);
    options.colors = false;
    options.depth = Depth::at(0.0);
    options
}
