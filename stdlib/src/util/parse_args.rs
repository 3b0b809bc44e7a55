//! `util.parseArgs`

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use coil_engine::{Host, errors, launch::Launch, validate};

/// What `config.options` says of one option.
struct Declared {
    name: JsString,
    takes_value: bool,
    short: Option<JsString>,
    multiple: bool,
    default: JsValue,
}

/// `config`
struct Config {
    options: Vec<Declared>,
    allow_positionals: bool,
    allow_negative: bool,
}

/// One element of `result.tokens`.
enum Token {
    Option { name: JsString, raw_name: JsString, index: usize, value: Option<JsString>, inline: Option<bool> },
    Positional { index: usize, value: JsValue },
    Terminator { index: usize },
}

/// `util.parseArgs(config)`
pub(super) fn parse_args(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let given = if given.is_undefined() { JsObject::with_null_proto() } else { given.to_object(cx)? };
    let mut own = |name: &'static str| own_value(&given, &js_string!(name), cx);
    let arguments = own("args")?;
    let strict = own("strict")?;
    let allow_positionals = own("allowPositionals")?;
    let tokens_wanted = own("tokens")?;
    let allow_negative = own("allowNegative")?;
    let options = own("options")?;
    let or = |value: JsValue, default: bool| if value.is_null_or_undefined() { default.into() } else { value };
    let arguments = if arguments.is_null_or_undefined() { main_args(cx)? } else { arguments };
    let strict = or(strict, true);
    let allow_positionals = or(allow_positionals, !strict.to_boolean());
    let tokens_wanted = or(tokens_wanted, false);
    let allow_negative = or(allow_negative, false);
    let list = validate::array(&arguments, "args", 0, cx)?;
    let strict = validate::boolean(&strict, "strict", cx)?;
    let allow_positionals = validate::boolean(&allow_positionals, "allowPositionals", cx)?;
    let tokens_wanted = validate::boolean(&tokens_wanted, "tokens", cx)?;
    let allow_negative = validate::boolean(&allow_negative, "allowNegative", cx)?;
    let options = if options.is_null_or_undefined() { Vec::new() } else { declared(&options, cx)? };
    let config = Config { options, allow_positionals, allow_negative };
    let count = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let arguments = (0..count).map(|index| list.get(index, cx)).collect::<JsResult<Vec<_>>>()?;
    let mut tokens = tokens_of(arguments, &config)?;

    let values = JsObject::with_null_proto();
    let mut positionals = Vec::new();
    for token in &mut tokens {
        match token {
            Token::Option { name, raw_name, value, inline, .. } => {
                if strict {
                    check_usage(&config, name, raw_name, value.as_ref(), cx)?;
                    check_ambiguous(name, raw_name, value.as_ref(), *inline, cx)?;
                }
                store(&config, name, value.as_ref(), &values, cx)?;
            }
            Token::Positional { value, .. } => {
                if !allow_positionals {
                    let text = value.to_string(cx)?.to_std_string_lossy();
                    return Err(errors::parse_args_unexpected_positional(&text, cx));
                }
                positionals.push(value.clone());
            }
            Token::Terminator { .. } => {}
        }
    }
    for option in &config.options {
        if !option.default.is_undefined() && option.name != "__proto__" && values.get(option.name.clone(), cx)?.is_undefined() {
            values.create_data_property_or_throw(option.name.clone(), option.default.clone(), cx)?;
        }
    }
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("values"), values, cx)?;
    let positionals = JsArray::from_iter(positionals, cx);
    result.create_data_property_or_throw(js_string!("positionals"), positionals, cx)?;
    if tokens_wanted {
        let tokens = tokens.into_iter().map(|token| token.to_js(cx)).collect::<JsResult<Vec<_>>>()?;
        let tokens = JsArray::from_iter(tokens, cx);
        result.create_data_property_or_throw(js_string!("tokens"), tokens, cx)?;
    }
    Ok(result.into())
}

/// `process.argv`, as it is now, after the program.
fn main_args(cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let launch = host.state::<Launch>();
    let skipped = if launch.eval.borrow().is_some() { 1 } else { 2 };
    let argv = crate::process::object(cx)?.get(js_string!("argv"), cx)?.to_object(cx)?;
    let args: Vec<JsValue> = crate::events::elements(&argv, cx)?.into_iter().skip(skipped).collect();
    Ok(JsArray::from_iter(args, cx).into())
}

/// `objectGetOwn`
fn own_value(object: &JsObject, name: &JsString, cx: &mut Context) -> JsResult<JsValue> {
    if object.has_own_property(name.clone(), cx)? { object.get(name.clone(), cx) } else { Ok(JsValue::undefined()) }
}

fn declared(options: &JsValue, cx: &mut Context) -> JsResult<Vec<Declared>> {
    let options = validate::object(options, "options", cx)?;
    let mut found = Vec::new();
    for key in options.own_property_keys(cx)? {
        let enumerable = options.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        let name = match &key {
            PropertyKey::String(name) if enumerable => name.clone(),
            PropertyKey::Index(index) if enumerable => JsString::from(index.get().to_string()),
            _ => continue,
        };
        let config = options.get(key, cx)?;
        found.push(declare(name, &config, cx)?);
    }
    Ok(found)
}

fn declare(name: JsString, config: &JsValue, cx: &mut Context) -> JsResult<Declared> {
    let path = format!("options.{}", name.to_std_string_lossy());
    let config = validate::object(config, &path, cx)?;
    let kind = own_value(&config, &js_string!("type"), cx)?;
    let takes_value = match kind.as_string() {
        Some(kind) if kind == "string" => true,
        Some(kind) if kind == "boolean" => false,
        _ => {
            let received = errors::describe_received(&kind, cx);
            let message = format!("The \"{path}.type\" property must be ('string|boolean'). Received {received}");
            return Err(errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", message, cx));
        }
    };
    let mut short = None;
    if config.has_own_property(js_string!("short"), cx)? {
        let given = config.get(js_string!("short"), cx)?;
        let text = validate::string(&given, &format!("{path}.short"), cx)?;
        if text.len() != 1 {
            return Err(errors::invalid_arg_value(&format!("{path}.short"), &given, "must be a single character", cx));
        }
        short = Some(text);
    }
    let multiple = own_value(&config, &js_string!("multiple"), cx)?;
    if config.has_own_property(js_string!("multiple"), cx)? {
        validate::boolean(&multiple, &format!("{path}.multiple"), cx)?;
    }
    let multiple = multiple.to_boolean();
    let default = own_value(&config, &js_string!("default"), cx)?;
    if !default.is_undefined() {
        check_default(&default, &format!("{path}.default"), takes_value, multiple, cx)?;
    }
    Ok(Declared { name, takes_value, short, multiple, default })
}

fn check_default(default: &JsValue, path: &str, takes_value: bool, multiple: bool, cx: &mut Context) -> JsResult<()> {
    let check = |value: &JsValue, path: &str, cx: &mut Context| {
        if takes_value { validate::string(value, path, cx).map(drop) } else { validate::boolean(value, path, cx).map(drop) }
    };
    if !multiple {
        return check(default, path, cx);
    }
    let list = validate::array(default, path, 0, cx)?;
    let count = list.get(js_string!("length"), cx)?.to_length(cx)?;
    for index in 0..count {
        let value = list.get(index, cx)?;
        check(&value, &format!("{path}[{index}]"), cx)?;
    }
    Ok(())
}

impl Config {
    fn find(&self, name: &JsString) -> Option<&Declared> {
        self.options.iter().find(|option| option.name == *name)
    }

    fn takes_value(&self, name: &JsString) -> bool {
        self.find(name).is_some_and(|option| option.takes_value)
    }

    /// `findLongOptionForShort`
    fn long(&self, short: &JsString) -> JsString {
        let found = self.options.iter().find(|option| option.short.as_ref() == Some(short));
        found.map_or_else(|| short.clone(), |option| option.name.clone())
    }
}

/// `argsToTokens`
fn tokens_of(arguments: Vec<JsValue>, config: &Config) -> JsResult<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest: std::collections::VecDeque<JsValue> = arguments.into();
    let mut next_index = 0;
    let mut group = 0_usize;
    let part = |text: &JsString, from: usize, to: usize| text.get(from..to).unwrap_or_default();
    while let Some(argument) = rest.pop_front() {
        // What a group of short options was spread into stands at the place of the group.
        let index = if group > 0 {
            group -= 1;
            next_index - 1
        } else {
            next_index += 1;
            next_index - 1
        };
        if argument.is_null_or_undefined() {
            return Err(errors::plain(errors::Base::Type, format!("Cannot read properties of {} (reading 'length')", argument.display())));
        }
        let Some(text) = argument.as_string() else {
            tokens.push(Token::Positional { index, value: argument });
            continue;
        };
        if text == "--" {
            tokens.push(Token::Terminator { index });
            tokens.extend(rest.drain(..).enumerate().map(|(offset, value)| Token::Positional { index: index + 1 + offset, value }));
            break;
        }
        let unit = |at: usize| text.code_unit_at(at).and_then(|unit| u8::try_from(unit).ok());
        let dash = unit(0) == Some(b'-');
        let long = dash && unit(1) == Some(b'-');
        if dash && !long && text.len() == 2 || long && text.len() > 2 && !has_equals(&text) {
            let name = if long { part(&text, 2, text.len()) } else { config.long(&part(&text, 1, 2)) };
            let mut value = None;
            if config.takes_value(&name) && rest.front().is_some_and(|next| !next.is_null_or_undefined()) {
                value = rest.pop_front().and_then(|next| next.as_string());
                next_index += 1;
            }
            let inline = value.as_ref().map(|_| false);
            tokens.push(Token::Option { name, raw_name: text, index, value, inline });
        } else if dash && !long && text.len() > 2 {
            let name = config.long(&part(&text, 1, 2));
            if config.takes_value(&name) {
                let value = Some(part(&text, 2, text.len()));
                tokens.push(Token::Option { name, raw_name: part(&text, 0, 2), index, value, inline: Some(true) });
                continue;
            }
            let spread = spread(&text, config);
            group = spread.len();
            for option in spread.into_iter().rev() {
                rest.push_front(option.into());
            }
        } else if long && text.len() > 2 {
            let equals = (3..text.len()).find(|at| unit(*at) == Some(b'=')).unwrap_or(text.len());
            let name = part(&text, 2, equals);
            let value = Some(part(&text, equals + 1, text.len()));
            let raw_name = part(&text, 0, equals);
            tokens.push(Token::Option { name, raw_name, index, value, inline: Some(true) });
        } else {
            tokens.push(Token::Positional { index, value: argument });
        }
    }
    Ok(tokens)
}

/// `--name=value`: an equals sign from the fourth character on.
fn has_equals(text: &JsString) -> bool {
    text.iter().skip(3).any(|unit| unit == u16::from(b'='))
}

/// `-abfFILE` as `-a -b -fFILE`.
fn spread(text: &JsString, config: &Config) -> Vec<JsString> {
    let dash = js_string!("-");
    let mut made = Vec::new();
    for at in 1..text.len() {
        let short = text.get(at..=at).unwrap_or_default();
        if config.takes_value(&config.long(&short)) && at + 1 < text.len() {
            made.push(js_string!(&dash, &text.get(at..).unwrap_or_default()));
            break;
        }
        made.push(js_string!(&dash, &short));
    }
    made
}

/// `checkOptionLikeValue`
fn check_ambiguous(name: &JsString, raw_name: &JsString, value: Option<&JsString>, inline: Option<bool>, cx: &mut Context) -> JsResult<()> {
    let Some(value) = value.filter(|_| inline != Some(true)) else { return Ok(()) };
    if value.len() <= 1 || value.code_unit_at(0) != Some(u16::from(b'-')) {
        return Ok(());
    }
    let (name, raw_name) = (name.to_std_string_lossy(), raw_name.to_std_string_lossy());
    let example = if raw_name.starts_with("--") { format!("'{raw_name}=-XYZ'") } else { format!("'--{name}=-XYZ' or '{raw_name}-XYZ'") };
    let message =
        format!("Option '{raw_name}' argument is ambiguous.\nDid you forget to specify the option argument for '{raw_name}'?\nTo specify an option argument starting with a dash use {example}.");
    Err(errors::parse_args_invalid_option_value(&message, cx))
}

/// `checkOptionUsage`
fn check_usage(config: &Config, name: &JsString, raw_name: &JsString, value: Option<&JsString>, cx: &mut Context) -> JsResult<()> {
    let unknown = |cx: &mut Context| -> JsError { errors::parse_args_unknown_option(&raw_name.to_std_string_lossy(), config.allow_positionals, cx) };
    let option = match config.find(name) {
        Some(option) => option,
        None => {
            let negated = if config.allow_negative { negated(name) } else { None };
            match negated.and_then(|name| config.find(&name)) {
                Some(option) if !option.takes_value => option,
                _ => return Err(unknown(cx)),
            }
        }
    };
    let short = option.short.as_ref().map(|short| format!("-{}, ", short.to_std_string_lossy())).unwrap_or_default();
    let shown = format!("{short}--{}", option.name.to_std_string_lossy());
    if option.takes_value && value.is_none() {
        return Err(errors::parse_args_invalid_option_value(&format!("Option '{shown} <value>' argument missing"), cx));
    }
    if !option.takes_value && value.is_some() {
        return Err(errors::parse_args_invalid_option_value(&format!("Option '{shown}' does not take an argument"), cx));
    }
    Ok(())
}

/// `foo` of `no-foo`.
fn negated(name: &JsString) -> Option<JsString> {
    let starts = name.iter().take(3).eq("no-".bytes().map(u16::from));
    if starts { name.get(3..) } else { None }
}

/// `storeOption`
fn store(config: &Config, name: &mut JsString, value: Option<&JsString>, values: &JsObject, cx: &mut Context) -> JsResult<()> {
    if *name == "__proto__" {
        return Ok(());
    }
    let mut stored: JsValue = value.map_or(true.into(), |value| value.clone().into());
    if config.allow_negative
        && value.is_none()
        && let Some(positive) = negated(name)
    {
        *name = positive;
        stored = false.into();
    }
    if config.find(name).is_some_and(|option| option.multiple) {
        match values.get(name.clone(), cx)?.as_object() {
            Some(list) => {
                JsArray::from_object(list)?.push(stored, cx)?;
            }
            None => {
                let list = JsArray::from_iter([stored], cx);
                values.create_data_property_or_throw(name.clone(), list, cx)?;
            }
        }
        return Ok(());
    }
    values.create_data_property_or_throw(name.clone(), stored, cx)?;
    Ok(())
}

impl Token {
    fn to_js(&self, cx: &mut Context) -> JsResult<JsValue> {
        let token = JsObject::with_object_proto(cx.intrinsics());
        let mut put = |name: &'static str, value: JsValue| token.create_data_property_or_throw(JsString::from(name), value, cx).map(drop);
        match self {
            Self::Option { name, raw_name, index, value, inline } => {
                put("kind", js_string!("option").into())?;
                put("name", name.clone().into())?;
                put("rawName", raw_name.clone().into())?;
                put("index", (*index).into())?;
                put("value", value.clone().map_or_else(JsValue::undefined, JsValue::from))?;
                put("inlineValue", inline.map_or_else(JsValue::undefined, JsValue::from))?;
            }
            Self::Positional { index, value } => {
                put("kind", js_string!("positional").into())?;
                put("index", (*index).into())?;
                put("value", value.clone())?;
            }
            Self::Terminator { index } => {
                put("kind", js_string!("option-terminator").into())?;
                put("index", (*index).into())?;
            }
        }
        Ok(token.into())
    }
}
