//! `class URLPattern`: <https://urlpattern.spec.whatwg.org/>.
//!
//! Differs from Node: regular expressions in groups are those of the crate `regex`: no lookaround and no back references.

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::Export,
};
use urlpattern::{
    RegexSyntax, UrlPattern, UrlPatternMatchInput, UrlPatternOptions,
    quirks::{StringOrInit, UrlPatternInit, process_construct_pattern_input, process_match_input},
    regexp::RegExp,
};

use super::usv_string;

/// One compiled component.
#[derive(Debug)]
struct Expression {
    regex: regex::Regex,
    text: String,
}

impl RegExp for Expression {
    fn syntax() -> RegexSyntax {
        RegexSyntax::Rust
    }

    fn parse(pattern: &str, flags: &str, _force_eval: bool) -> Result<Self, ()> {
        let regex = regex::RegexBuilder::new(pattern).case_insensitive(flags.contains('i')).build().map_err(|_| ())?;
        Ok(Self { regex, text: pattern.to_owned() })
    }

    fn matches<'a>(&self, text: &'a str) -> Option<Vec<Option<&'a str>>> {
        let found = self.regex.captures(text)?;
        Some(found.iter().skip(1).map(|group| group.map(|group| group.as_str())).collect())
    }

    fn pattern_string(&self) -> &str {
        &self.text
    }
}

/// The native state.
#[derive(Trace, Finalize, JsData)]
struct Pattern(#[unsafe_ignore_trace] UrlPattern<Expression>);

macro_rules! component {
    ($name:ident) => {
        Export::getter(stringify!($name), |this, _, _| read(this, |pattern| js_string!(pattern.$name()).into())).enumerable(true).permanent()
    };
}

/// `URLPattern`
pub(crate) static URL_PATTERN: Class = Class {
    name: "URLPattern",
    length: 0,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: construct,
    prototype: &[
        component!(protocol),
        component!(username),
        component!(password),
        component!(hostname),
        component!(port),
        component!(pathname),
        component!(search),
        component!(hash),
        Export::getter("hasRegExpGroups", |this, _, _| read(this, |pattern| pattern.has_regexp_groups().into())).enumerable(true).permanent(),
        Export::function("exec", 0, exec).enumerable(true),
        Export::function("test", 0, test).enumerable(true),
    ],
    statics: &[],
};

const COMPONENTS: [&str; 8] = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];

fn read(this: &JsValue, of: impl FnOnce(&UrlPattern<Expression>) -> JsValue) -> JsResult<JsValue> {
    let object = this.as_object();
    let found = object.as_ref().and_then(|object| object.downcast_ref::<Pattern>());
    found.map(|pattern| of(&pattern.0)).ok_or_else(|| errors::plain(Base::Type, "Illegal invocation"))
}

fn wrong_type(text: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", text, cx)
}

fn invalid(cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_INVALID_URL_PATTERN", "Failed to construct URLPattern", cx)
}

/// A `URLPatternInit`.
fn init_of(object: &JsObject, cx: &mut Context) -> JsResult<UrlPatternInit> {
    let mut get = |name: &str| -> JsResult<Option<String>> {
        let value = object.get(js_string!(name), cx)?;
        if value.is_undefined() { Ok(None) } else { usv_string(&value, cx).map(Some) }
    };
    Ok(UrlPatternInit {
        protocol: get("protocol")?,
        username: get("username")?,
        password: get("password")?,
        hostname: get("hostname")?,
        port: get("port")?,
        pathname: get("pathname")?,
        search: get("search")?,
        hash: get("hash")?,
        base_url: get("baseURL")?,
    })
}

/// `new URLPattern([input[, baseURL]][, options])`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Err(errors::coded(Base::Type, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`", cx));
    }
    let input = input_of(args.get_or_undefined(0), "Input must be an object or a string", cx)?;
    let second = args.get_or_undefined(1);
    let (mut base, mut options) = (None, args.get_or_undefined(2).clone());
    if second.is_string() {
        base = Some(usv_string(second, cx)?);
    } else if second.is_object() {
        options = second.clone();
    } else if !second.is_undefined() {
        return Err(wrong_type("second argument must be a string or object", cx));
    }
    let mut ignore_case = false;
    if !options.is_undefined() {
        let Some(options) = options.as_object() else { return Err(wrong_type("options must be an object", cx)) };
        let given = options.get(js_string!("ignoreCase"), cx)?;
        if !given.is_undefined() {
            ignore_case = given.as_boolean().ok_or_else(|| wrong_type("options.ignoreCase must be a boolean", cx))?;
        }
    }
    let init = process_construct_pattern_input(input, base.as_deref()).map_err(|_| invalid(cx))?;
    let options = UrlPatternOptions { regex_syntax: RegexSyntax::Rust, ignore_case };
    let pattern = UrlPattern::<Expression>::parse(init, options).map_err(|_| invalid(cx))?;
    let prototype = instance_prototype(&URL_PATTERN, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Pattern(pattern)).into())
}

/// The text or the object that a pattern is made of or matched with; nothing is an empty object.
fn input_of(given: &JsValue, otherwise: &'static str, cx: &mut Context) -> JsResult<StringOrInit<'static>> {
    if given.is_undefined() {
        return Ok(StringOrInit::Init(UrlPatternInit::default()));
    }
    if given.is_string() {
        return Ok(StringOrInit::String(usv_string(given, cx)?.into()));
    }
    match given.as_object() {
        Some(object) => init_of(&object, cx).map(StringOrInit::Init),
        None => Err(wrong_type(otherwise, cx)),
    }
}

/// What is to be matched; none where it cannot match.
fn match_input(this: &JsValue, args: &[JsValue], operation: &str, cx: &mut Context) -> JsResult<Option<UrlPatternMatchInput>> {
    read(this, |_| JsValue::undefined())?;
    let input = input_of(args.get_or_undefined(0), "URLPattern input needs to be a string or an object", cx)?;
    let second = args.get_or_undefined(1);
    let base = if second.is_undefined() {
        None
    } else if second.is_string() {
        Some(usv_string(second, cx)?)
    } else {
        return Err(wrong_type("baseURL must be a string", cx));
    };
    match process_match_input(input, base.as_deref()) {
        Ok(found) => Ok(found.map(|(input, _)| input)),
        Err(_) => Err(errors::coded(Base::Type, "ERR_OPERATION_FAILED", format!("Failed to {operation} URLPattern"), cx)),
    }
}

/// `pattern.test([input[, baseURL]])`
fn test(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match match_input(this, args, "test", cx)? {
        Some(input) => read(this, |pattern| pattern.test(input).unwrap_or(false).into()),
        None => Ok(false.into()),
    }
}

/// `pattern.exec([input[, baseURL]])`
fn exec(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(input) = match_input(this, args, "exec", cx)? else { return Ok(JsValue::null()) };
    let mut found = None;
    read(this, |pattern| {
        let names = [
            &pattern.protocol.group_name_list,
            &pattern.username.group_name_list,
            &pattern.password.group_name_list,
            &pattern.hostname.group_name_list,
            &pattern.port.group_name_list,
            &pattern.pathname.group_name_list,
            &pattern.search.group_name_list,
            &pattern.hash.group_name_list,
        ]
        .map(Clone::clone);
        found = pattern.exec(input).ok().flatten().map(|result| (result, names));
        JsValue::undefined()
    })?;
    let Some((result, names)) = found else { return Ok(JsValue::null()) };
    let object = JsObject::with_null_proto();
    let inputs = args.iter().take(2).filter(|arg| !arg.is_undefined()).cloned();
    let inputs = JsArray::from_iter(inputs.collect::<Vec<_>>(), cx);
    object.create_data_property_or_throw(js_string!("inputs"), inputs, cx)?;
    let results = [result.protocol, result.username, result.password, result.hostname, result.port, result.pathname, result.search, result.hash];
    for ((name, result), order) in COMPONENTS.into_iter().zip(results).zip(names) {
        let groups = JsObject::with_object_proto(cx.intrinsics());
        for group in &order {
            let value = result.groups.get(group).cloned().flatten();
            let value = value.map_or_else(JsValue::undefined, |text| js_string!(text).into());
            groups.create_data_property_or_throw(js_string!(group.as_str()), value, cx)?;
        }
        let part = JsObject::with_object_proto(cx.intrinsics());
        part.create_data_property_or_throw(js_string!("input"), js_string!(result.input), cx)?;
        part.create_data_property_or_throw(js_string!("groups"), groups, cx)?;
        object.create_data_property_or_throw(js_string!(name), part, cx)?;
    }
    Ok(object.into())
}

/// `URLPattern`, made at its first use.
pub(crate) fn class(cx: &mut Context) -> JsResult<JsValue> {
    URL_PATTERN.constructor(cx).map(JsValue::from)
}
