//! `dns.Resolver` and `dns.promises.Resolver`: questions to name servers.

use std::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
    rc::{Rc, Weak},
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsPromise},
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_sys::net::parse_scoped_with_port,
    errors as engine_errors,
    op::thrown_value,
    table::{Export, Member},
    validate,
};

use super::{
    lookup,
    message::{Record, kind},
    query::{Failure, Query, Settings},
    records,
    timing::Timing,
};
use crate::{
    events,
    http::elements,
    net::{errors, ip_version},
};

/// A kind of question.
struct Question {
    /// As errors name it.
    binding: &'static str,
    /// As `resolve` names it.
    rrtype: &'static str,
    kind: u16,
}

const fn question(rrtype: &'static str, binding: &'static str, kind: u16) -> Question {
    Question { binding, rrtype, kind }
}

/// In the order of the rows below.
static QUESTIONS: [Question; 13] = [
    question("ANY", "queryAny", kind::ANY),
    question("A", "queryA", kind::A),
    question("AAAA", "queryAaaa", kind::AAAA),
    question("CAA", "queryCaa", kind::CAA),
    question("CNAME", "queryCname", kind::CNAME),
    question("MX", "queryMx", kind::MX),
    question("NS", "queryNs", kind::NS),
    question("TLSA", "queryTlsa", kind::TLSA),
    question("TXT", "queryTxt", kind::TXT),
    question("SRV", "querySrv", kind::SRV),
    question("PTR", "queryPtr", kind::PTR),
    question("NAPTR", "queryNaptr", kind::NAPTR),
    question("SOA", "querySoa", kind::SOA),
];

/// `reverse` is one too, with a name of its own in errors.
static REVERSE: Question = question("", "getHostByAddr", kind::PTR);

/// The rows of a resolver's prototype.
macro_rules! methods {
    ($query:ident, $reverse:ident, $resolve:ident, $resolve_length:literal, $length:literal) => {
        &[
            Member::renamed("resolveAny", "queryAny", $length, $query::<0, false>).enumerable(true),
            Member::renamed("resolve4", "queryA", $length, $query::<1, false>).enumerable(true),
            Member::renamed("resolve6", "queryAaaa", $length, $query::<2, false>).enumerable(true),
            Member::renamed("resolveCaa", "queryCaa", $length, $query::<3, false>).enumerable(true),
            Member::renamed("resolveCname", "queryCname", $length, $query::<4, false>).enumerable(true),
            Member::renamed("resolveMx", "queryMx", $length, $query::<5, false>).enumerable(true),
            Member::renamed("resolveNs", "queryNs", $length, $query::<6, false>).enumerable(true),
            Member::renamed("resolveTlsa", "queryTlsa", $length, $query::<7, false>).enumerable(true),
            Member::renamed("resolveTxt", "queryTxt", $length, $query::<8, false>).enumerable(true),
            Member::renamed("resolveSrv", "querySrv", $length, $query::<9, false>).enumerable(true),
            Member::renamed("resolvePtr", "queryPtr", $length, $query::<10, false>).enumerable(true),
            Member::renamed("resolveNaptr", "queryNaptr", $length, $query::<11, false>).enumerable(true),
            Member::renamed("resolveSoa", "querySoa", $length, $query::<12, false>).enumerable(true),
            Member::renamed("reverse", "getHostByAddr", $length, $reverse::<false>).enumerable(true),
            Member::renamed("resolve", "resolve", $resolve_length, $resolve::<false>).enumerable(true),
        ]
    };
}

/// The rows of a module: the default resolver's methods.
macro_rules! bound {
    ($query:ident, $reverse:ident, $resolve:ident, $resolve_length:literal) => {
        &[
            Export::renamed("getServers", "bound getServers", 0, default_servers),
            Export::renamed("resolve", "bound resolve", $resolve_length, $resolve::<true>),
            Export::renamed("resolve4", "bound queryA", 2, $query::<1, true>),
            Export::renamed("resolve6", "bound queryAaaa", 2, $query::<2, true>),
            Export::renamed("resolveAny", "bound queryAny", 2, $query::<0, true>),
            Export::renamed("resolveCaa", "bound queryCaa", 2, $query::<3, true>),
            Export::renamed("resolveCname", "bound queryCname", 2, $query::<4, true>),
            Export::renamed("resolveMx", "bound queryMx", 2, $query::<5, true>),
            Export::renamed("resolveNaptr", "bound queryNaptr", 2, $query::<11, true>),
            Export::renamed("resolveNs", "bound queryNs", 2, $query::<6, true>),
            Export::renamed("resolvePtr", "bound queryPtr", 2, $query::<10, true>),
            Export::renamed("resolveSoa", "bound querySoa", 2, $query::<12, true>),
            Export::renamed("resolveSrv", "bound querySrv", 2, $query::<9, true>),
            Export::renamed("resolveTlsa", "bound queryTlsa", 2, $query::<7, true>),
            Export::renamed("resolveTxt", "bound queryTxt", 2, $query::<8, true>),
            Export::renamed("reverse", "bound getHostByAddr", 2, $reverse::<true>),
        ]
    };
}

/// `dns.resolve4` and the others.
pub static BOUND: &[Export] = bound!(query, reverse, resolve, 3);
/// `dns.promises.resolve4` and the others.
pub static BOUND_PROMISES: &[Export] = bound!(query_promise, reverse_promise, resolve_promise, 2);

/// `dns.Resolver`
pub static RESOLVER: Class =
    Class { name: "Resolver", length: 0, extends: Parent::Class(&RESOLVER_BASE), kind: Kind::Modern, init: construct, prototype: methods!(query, reverse, resolve, 3, 2), statics: &[] };

/// `dns.promises.Resolver`
pub static RESOLVER_PROMISES: Class = Class {
    name: "Resolver",
    length: 0,
    extends: Parent::Class(&RESOLVER_BASE),
    kind: Kind::Modern,
    init: construct,
    prototype: methods!(query_promise, reverse_promise, resolve_promise, 2, 2),
    statics: &[],
};

/// What both extend.
static RESOLVER_BASE: Class = Class {
    name: "ResolverBase",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Member::function("cancel", 0, cancel),
        Member::function("getServers", 0, servers),
        Member::function("setServers", 1, set_servers),
        Member::function("setLocalAddress", 2, set_local_address),
    ],
    statics: &[],
};

/// `resolver._handle`
static CHANNEL: Class = Class {
    name: "ChannelWrap",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, _, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[Member::function("getServers", 0, channel_servers), Member::function("cancel", 0, channel_cancel)],
    statics: &[],
};

/// A resolver's settings and the questions under way.
struct Channel {
    settings: RefCell<Settings>,
    pending: RefCell<Vec<Weak<Query>>>,
}

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Handle(#[unsafe_ignore_trace] Rc<Channel>);

/// The default resolver's channel, made at its first use.
#[derive(Default)]
struct DefaultChannel(RefCell<Option<Rc<Channel>>>);

/// How long c-ares waits for the first answer.
const TIMEOUT_MS: u64 = 2000;
/// Node's `tries`
const TRIES: u32 = 4;
const DNS_PORT: u16 = 53;

impl Channel {
    fn new(cx: &Context) -> Self {
        let config = Host::of(cx).sys().net().resolver_config();
        let settings = Settings {
            servers: config.servers,
            local: (None, None),
            timeout_ms: config.timeout_ms.filter(|timeout_ms| *timeout_ms > 0).unwrap_or(TIMEOUT_MS),
            tries: config.attempts.filter(|attempts| *attempts > 0).unwrap_or(TRIES),
            timeout_max_ms: 0,
        };
        Self { settings: RefCell::new(settings), pending: RefCell::default() }
    }

    fn has_pending(&self) -> bool {
        let mut pending = self.pending.borrow_mut();
        pending.retain(|query| query.strong_count() > 0);
        !pending.is_empty()
    }

    fn cancel(&self, cx: &mut Context) {
        let pending = self.pending.take();
        let queries: Vec<Rc<Query>> = pending.iter().filter_map(Weak::upgrade).collect();
        for query in queries {
            query.cancel(cx);
        }
    }

    /// Asks; `then` runs in a later turn, inside one entry.
    fn ask(self: &Rc<Self>, name: &str, kind: u16, cx: &mut Context, then: impl FnOnce(Result<Vec<Record>, Failure>, &mut Context) -> JsResult<()> + 'static) {
        let settings = self.settings.borrow().clone();
        let host = Host::of(cx);
        let frame = host.async_frame();
        let done = move |result: Result<Vec<Record>, Failure>, cx: &mut Context| {
            let host = Host::of(cx);
            host.with_frame(frame, cx, |cx| {
                host.enter_with(cx, |cx| then(result, cx));
            });
        };
        let query = Query::start(settings, name, kind, cx, Box::new(done));
        self.has_pending();
        self.pending.borrow_mut().push(Rc::downgrade(&query));
    }
}

fn default_channel(cx: &Context) -> Rc<Channel> {
    let shared = Host::of(cx).state::<DefaultChannel>();
    let found = shared.0.borrow().clone();
    found.unwrap_or_else(|| {
        let made = Rc::new(Channel::new(cx));
        shared.0.replace(Some(made.clone()));
        made
    })
}

fn channel_of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Channel>> {
    let resolver = this.to_object(cx)?;
    let handle = resolver.get(js_string!("_handle"), cx)?;
    of_handle(&handle).ok_or_else(|| engine_errors::invalid_this("Resolver", cx))
}

fn of_handle(handle: &JsValue) -> Option<Rc<Channel>> {
    let handle = handle.as_object()?;
    let handle = handle.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

/// `new Resolver(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let resolver = this.to_object(cx)?;
    let channel = Channel::new(cx);
    if let Some(options) = args.get_or_undefined(0).as_object() {
        let timeout = options.get(js_string!("timeout"), cx)?;
        let tries = options.get(js_string!("tries"), cx)?;
        let timeout_max = options.get(js_string!("maxTimeout"), cx)?;
        let mut settings = channel.settings.borrow_mut();
        if !timeout.is_undefined() {
            let timeout_ms = validate::int32(&timeout, "options.timeout", -1, i32::MAX, cx)?;
            if timeout_ms >= 0 {
                settings.timeout_ms = u64::from(timeout_ms.unsigned_abs());
            }
        }
        if !tries.is_undefined() {
            settings.tries = validate::int32(&tries, "options.tries", 1, i32::MAX, cx)?.unsigned_abs();
        }
        if !timeout_max.is_undefined() {
            settings.timeout_max_ms = validate::uint32(&timeout_max, "options.maxTimeout", false, cx)?.into();
        }
    }
    let handle = JsObject::from_proto_and_data(CHANNEL.prototype(cx)?, Handle(Rc::new(channel)));
    resolver.set(js_string!("_handle"), handle, true, cx)?;
    Ok(JsValue::undefined())
}

/// `resolver.cancel()`
fn cancel(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    channel_of(this, cx)?.cancel(cx);
    Ok(JsValue::undefined())
}

fn channel_cancel(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(channel) = of_handle(this) {
        channel.cancel(cx);
    }
    Ok(JsValue::undefined())
}

/// Pairs of an address and a port.
fn channel_servers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(channel) = of_handle(this) else { return Ok(JsValue::undefined()) };
    server_pairs(&channel, cx)
}

fn server_pairs(channel: &Channel, cx: &mut Context) -> JsResult<JsValue> {
    let servers = channel.settings.borrow().servers.clone();
    let pairs: Vec<JsValue> = servers.iter().map(|server| JsArray::from_values(vec![js_string!(crate::net::address_info::shown(server)).into(), server.port().into()], cx).into()).collect();
    Ok(JsArray::from_values(pairs, cx).into())
}

/// `resolver.getServers()`
fn servers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let resolver = this.to_object(cx)?;
    let handle = resolver.get(js_string!("_handle"), cx)?.to_object(cx)?;
    let pairs = events::method(&handle, "getServers", &[], cx)?;
    show_servers(&pairs, cx)
}

fn default_servers(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pairs = server_pairs(&default_channel(cx), cx)?;
    show_servers(&pairs, cx)
}

fn show_servers(pairs: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let mut shown = Vec::new();
    for pair in elements(pairs, cx)?.unwrap_or_default() {
        let pair = pair.to_object(cx)?;
        let (address, port) = (pair.get(0, cx)?, pair.get(1, cx)?);
        let text = address.to_string(cx)?.to_std_string_lossy();
        if !port.to_boolean() || port.as_number() == Some(f64::from(DNS_PORT)) {
            shown.push(address);
            continue;
        }
        let port = port.to_u32(cx)?;
        let text = if ip_version(&text) == 6 { format!("[{text}]:{port}") } else { format!("{text}:{port}") };
        shown.push(js_string!(text).into());
    }
    Ok(JsArray::from_values(shown, cx).into())
}

/// One entry of `setServers`: an address, with a port or without.
fn parse_server(text: &str) -> Option<SocketAddr> {
    if ip_version(text) != 0 {
        return parse_scoped_with_port(text, DNS_PORT);
    }
    let port_of = |digits: &str| match digits {
        "" => Some(DNS_PORT),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    };
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && ip_version(address) != 0
    {
        let port = rest.rsplit_once(':').and_then(|(_, digits)| port_of(digits)).filter(|port| *port != 0);
        return parse_scoped_with_port(address, port.unwrap_or(DNS_PORT));
    }
    let (address, digits) = text.rsplit_once(':')?;
    if ip_version(address) == 0 || digits.is_empty() {
        return None;
    }
    parse_scoped_with_port(address, port_of(digits)?)
}

fn parse_servers(given: &JsValue, cx: &mut Context) -> JsResult<Vec<SocketAddr>> {
    let list = validate::array(given, "servers", 0, cx)?;
    let mut servers = Vec::new();
    // As `forEach`: the length of the beginning, and holes are skipped.
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    for index in 0..length {
        if !list.has_property(index, cx)? {
            continue;
        }
        let server = list.get(index, cx)?;
        let name = format!("servers[{index}]");
        let Some(text) = server.as_string() else {
            let message_name = name;
            return Err(engine_errors::invalid_arg_type(&message_name, "string", &server, cx));
        };
        let text = text.to_std_string_lossy();
        match parse_server(&text) {
            Some(server) => servers.push(server),
            None => return Err(errors::invalid_ip_address(&text, cx)),
        }
    }
    Ok(servers)
}

/// `resolver.setServers(servers)`
fn set_servers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel_of(this, cx)?;
    let given = args.get_or_undefined(0);
    let servers = parse_servers(given, cx)?;
    if channel.has_pending() {
        let shown: Vec<String> = servers.iter().map(|server| format!("{},{},{}", if server.is_ipv4() { 4 } else { 6 }, server.ip(), server.port())).collect();
        return Err(engine_errors::dns_set_servers_failed("There are pending queries.", &shown.join(","), cx));
    }
    channel.settings.borrow_mut().servers = servers;
    Ok(JsValue::undefined())
}

/// `dns.setServers(servers)`: a new default resolver; questions under way go on with the old one.
pub fn set_default_servers(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let servers = parse_servers(args.get_or_undefined(0), cx)?;
    let channel = Channel::new(cx);
    channel.settings.borrow_mut().servers = servers;
    Host::of(cx).state::<DefaultChannel>().0.replace(Some(Rc::new(channel)));
    Ok(JsValue::undefined())
}

/// `resolver.setLocalAddress([ipv4][, ipv6])`
fn set_local_address(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel_of(this, cx)?;
    let first = validate::string(args.get_or_undefined(0), "ipv4", cx)?;
    let second = args.get_or_undefined(1);
    let second = if second.is_undefined() { None } else { Some(validate::string(second, "ipv6", cx)?) };
    let parse = |text: &boa_engine::JsString, cx: &mut Context| text.to_std_string_lossy().parse::<IpAddr>().map_err(|_| refuse("Invalid IP address.", cx));
    let first = parse(&first, cx)?;
    let mut local = if first.is_ipv4() { (Some(first), None) } else { (None, Some(first)) };
    if let Some(second) = second {
        let second = parse(&second, cx)?;
        match (first.is_ipv4(), second.is_ipv4()) {
            (true, true) => return Err(refuse("Cannot specify two IPv4 addresses.", cx)),
            (false, false) => return Err(refuse("Cannot specify two IPv6 addresses.", cx)),
            (_, true) => local.0 = Some(second),
            (_, false) => local.1 = Some(second),
        }
    }
    channel.settings.borrow_mut().local = local;
    Ok(JsValue::undefined())
}

/// An error of Node's native side: a code, but not in its name.
fn refuse(message: &str, cx: &mut Context) -> JsError {
    let object = boa_engine::JsNativeError::typ().with_message(message.to_owned()).into_opaque(cx);
    match object.create_data_property_or_throw(js_string!("code"), js_string!("ERR_INVALID_ARG_VALUE"), cx) {
        Ok(_) => JsError::from_opaque(object.into()),
        Err(error) => error,
    }
}

/// A question whose name is checked.
struct Asked {
    channel: Rc<Channel>,
    question: &'static Question,
    /// As errors show it.
    hostname: String,
    /// As it is asked: for `reverse`, the address backwards.
    name: String,
    with_ttl: bool,
}

impl Asked {
    fn new(channel: Rc<Channel>, question: &'static Question, hostname: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let hostname = validate::string(hostname, "name", cx)?.to_std_string_lossy();
        let with_ttl = match options.as_object() {
            Some(options) => options.get(js_string!("ttl"), cx)?.to_boolean(),
            None => false,
        };
        Ok(Self { channel, question, name: hostname.clone(), hostname, with_ttl })
    }

    /// Asks; `then` runs in a later turn, inside one entry, with the value or the error.
    fn ask(self, cx: &mut Context, then: impl FnOnce(Result<JsValue, JsValue>, &mut Context) -> JsResult<()> + 'static) {
        let Self { channel, question, hostname, name, with_ttl } = self;
        let timing = Timing::begin(question.binding, &[("host", js_string!(hostname.as_str()).into()), ("ttl", with_ttl.into())], cx);
        channel.ask(&name, question.kind, cx, move |result, cx| {
            let value = match result {
                Ok(found) => records::to_js(question.kind, &found, with_ttl, cx)?.ok_or(Failure::Code("ENODATA")),
                Err(failure) => Err(failure),
            };
            let value = match value {
                Ok(value) => {
                    if let Some(timing) = timing {
                        timing.end(&[("result", value.clone())], cx)?;
                    }
                    Ok(value)
                }
                Err(Failure::Code(code)) => Err(lookup::ares_exception(code, question.binding, &hostname, cx)?.into()),
                Err(Failure::Denied(error)) => {
                    let error = engine_errors::system(&error, cx);
                    Err(thrown_value(error, cx))
                }
            };
            then(value, cx)
        });
    }

    fn call_back(self, callback: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
        let callback = validate::function(callback, "callback", cx)?;
        self.ask(cx, move |result, cx| {
            let args = match result {
                Ok(value) => vec![JsValue::null(), value],
                Err(error) => vec![error],
            };
            callback.call(&JsValue::undefined(), &args, cx).map(drop)
        });
        Ok(JsObject::with_object_proto(cx.intrinsics()).into())
    }

    fn promise(self, cx: &mut Context) -> JsValue {
        let (promise, resolvers) = JsPromise::new_pending(cx);
        self.ask(cx, move |result, cx| match result {
            Ok(value) => resolvers.resolve.call(&JsValue::undefined(), &[value], cx).map(drop),
            Err(error) => resolvers.reject.call(&JsValue::undefined(), &[error], cx).map(drop),
        });
        promise.into()
    }
}

fn channel<const BOUND: bool>(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Channel>> {
    if BOUND { Ok(default_channel(cx)) } else { channel_of(this, cx) }
}

/// `resolver.resolve4(hostname[, options], callback)` and its siblings.
fn query<const AT: usize, const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    let (options, callback) = if args.len() > 2 { (&args[1], &args[2]) } else { (&UNDEFINED, args.get_or_undefined(1)) };
    Asked::new(channel, &QUESTIONS[AT], args.get_or_undefined(0), options, cx)?.call_back(callback, cx)
}

/// The same for promises.
fn query_promise<const AT: usize, const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    Ok(Asked::new(channel, &QUESTIONS[AT], args.get_or_undefined(0), args.get_or_undefined(1), cx)?.promise(cx))
}

const UNDEFINED: JsValue = JsValue::undefined();

/// `resolver.resolve(hostname[, rrtype], callback)`
fn resolve<const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    let (hostname, rrtype, callback) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    if rrtype.is_callable() {
        return Asked::new(channel, &QUESTIONS[1], hostname, &UNDEFINED, cx)?.call_back(rrtype, cx);
    }
    let question = question_of(rrtype, cx)?;
    Asked::new(channel, question, hostname, &UNDEFINED, cx)?.call_back(callback, cx)
}

/// The same for promises.
fn resolve_promise<const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    let (hostname, rrtype) = (args.get_or_undefined(0), args.get_or_undefined(1));
    validate::string(hostname, "name", cx)?;
    let question = if rrtype.is_undefined() { &QUESTIONS[1] } else { question_of(rrtype, cx)? };
    Ok(Asked::new(channel, question, hostname, &UNDEFINED, cx)?.promise(cx))
}

fn question_of(rrtype: &JsValue, cx: &mut Context) -> JsResult<&'static Question> {
    let name = validate::string(rrtype, "rrtype", cx)?;
    let found = QUESTIONS.iter().find(|question| name == question.rrtype);
    found.ok_or_else(|| engine_errors::invalid_arg_value("rrtype", rrtype, "is invalid", cx))
}

/// What `reverse` asks: the names the machine itself has, or a question.
enum Reverse {
    Known(Vec<String>),
    Ask(Asked),
}

impl Reverse {
    fn new(channel: Rc<Channel>, hostname: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let mut asked = Asked::new(channel, &REVERSE, hostname, &UNDEFINED, cx)?;
        let Ok(ip) = asked.hostname.parse::<IpAddr>() else { return Err(lookup::not_an_address(&asked.hostname, cx)) };
        let names = Host::of(cx).sys().net().names_of(ip);
        if !names.is_empty() {
            return Ok(Self::Known(names));
        }
        asked.name = backwards(ip);
        Ok(Self::Ask(asked))
    }
}

/// The name under which an address's names are asked for.
fn backwards(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(ip) => {
            let mut name = String::with_capacity(72);
            for octet in ip.octets().into_iter().rev() {
                name += &format!("{:x}.{:x}.", octet & 0xf, octet >> 4);
            }
            name + "ip6.arpa"
        }
    }
}

fn names(names: Vec<String>, cx: &mut Context) -> JsValue {
    let names = names.into_iter().map(|name| js_string!(name).into()).collect();
    JsArray::from_values(names, cx).into()
}

/// `resolver.reverse(ip, callback)`
fn reverse<const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    validate::string(args.get_or_undefined(0), "name", cx)?;
    let callback = validate::function(args.get_or_undefined(1), "callback", cx)?;
    match Reverse::new(channel, args.get_or_undefined(0), cx)? {
        Reverse::Ask(asked) => asked.call_back(&callback.into(), cx),
        Reverse::Known(found) => {
            Host::of(cx).next_tick_native(move |cx| {
                let found = names(found, cx);
                callback.call(&JsValue::undefined(), &[JsValue::null(), found], cx).map(drop)
            });
            Ok(JsObject::with_object_proto(cx.intrinsics()).into())
        }
    }
}

/// The same for promises.
fn reverse_promise<const BOUND: bool>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = channel::<BOUND>(this, cx)?;
    validate::string(args.get_or_undefined(0), "name", cx)?;
    match Reverse::new(channel, args.get_or_undefined(0), cx) {
        Ok(Reverse::Ask(asked)) => Ok(asked.promise(cx)),
        Ok(Reverse::Known(found)) => {
            let found = names(found, cx);
            Ok(JsPromise::resolve(found, cx)?.into())
        }
        Err(error) => Ok(JsPromise::reject(error, cx)?.into()),
    }
}
