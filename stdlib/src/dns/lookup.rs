//! `dns.lookup` and `dns.lookupService`: names by the system's own resolver, on the pool.

use std::{
    cell::{Cell, RefCell},
    net::IpAddr,
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsError, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    coil_loop::Outcome,
    coil_sys::{
        SysError, SysResult, errno,
        net::{Family, LookupHints, parse_scoped_with_port},
    },
    errors as engine_errors,
    op::thrown_value,
    table, validate,
};

use super::timing::Timing;
use crate::{
    launch_flags,
    net::{errors, ip_version},
};

/// `dns.setDefaultResultOrder`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Verbatim,
    Ipv4First,
    Ipv6First,
}

impl Order {
    pub const NAMES: &[&str] = &["verbatim", "ipv4first", "ipv6first"];

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "verbatim" => Some(Self::Verbatim),
            "ipv4first" => Some(Self::Ipv4First),
            "ipv6first" => Some(Self::Ipv6First),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Ipv4First => "ipv4first",
            Self::Ipv6First => "ipv6first",
        }
    }

    fn sort(self, addresses: &mut [IpAddr]) {
        match self {
            Self::Verbatim => {}
            Self::Ipv4First => addresses.sort_by_key(IpAddr::is_ipv6),
            Self::Ipv6First => addresses.sort_by_key(IpAddr::is_ipv4),
        }
    }
}

/// The order for this host; `None` until it is asked for.
#[derive(Default)]
pub struct DefaultOrder(pub Cell<Option<Order>>);

pub fn default_order(cx: &Context) -> Order {
    let order = &Host::of(cx).state::<DefaultOrder>().0;
    order.get().unwrap_or_else(|| {
        let flag = launch_flags::value("--dns-result-order", cx).and_then(|name| Order::parse(&name)).unwrap_or_default();
        order.set(Some(flag));
        flag
    })
}

/// What the options of `lookup` say.
#[derive(Clone, Copy)]
struct Wanted {
    family: i32,
    hints: i32,
    all: bool,
    order: Order,
}

const FAMILIES: [f64; 3] = [0.0, 4.0, 6.0];

fn family_of(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<i32> {
    match value.as_number().filter(|family| FAMILIES.contains(family)) {
        Some(family) => Ok(family as i32),
        None => Err(engine_errors::invalid_arg_value(name, value, "must be one of: 0, 4, 6", cx)),
    }
}

impl Wanted {
    fn new(cx: &Context) -> Self {
        Self { family: 0, hints: 0, all: false, order: default_order(cx) }
    }

    fn parse(options: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let mut wanted = Self::new(cx);
        let Some(options) = options.as_object() else { return Ok(wanted) };
        let hints = options.get(js_string!("hints"), cx)?;
        if !hints.is_null_or_undefined() {
            validate::number(&hints, "options.hints", cx)?;
            wanted.hints = hints.to_u32(cx)? as i32;
            if wanted.hints & !(ADDRCONFIG | ALL | V4MAPPED) != 0 {
                return Err(engine_errors::invalid_arg_value("hints", &(wanted.hints as u32).into(), "is invalid", cx));
            }
        }
        let family = options.get(js_string!("family"), cx)?;
        if !family.is_null_or_undefined() {
            wanted.family = match family.as_string() {
                Some(name) if name == "IPv4" => 4,
                Some(name) if name == "IPv6" => 6,
                _ => family_of(&family, "options.family", cx)?,
            };
        }
        let all = options.get(js_string!("all"), cx)?;
        if !all.is_null_or_undefined() {
            wanted.all = validate::boolean(&all, "options.all", cx)?;
        }
        let verbatim = options.get(js_string!("verbatim"), cx)?;
        if !verbatim.is_null_or_undefined() {
            wanted.order = if validate::boolean(&verbatim, "options.verbatim", cx)? { Order::Verbatim } else { Order::Ipv4First };
        }
        let order = options.get(js_string!("order"), cx)?;
        if !order.is_null_or_undefined() {
            let name = validate::one_of(&order, "options.order", Order::NAMES, cx)?;
            wanted.order = Order::parse(&name.to_std_string_escaped()).unwrap_or_default();
        }
        Ok(wanted)
    }
}

/// `dns.ADDRCONFIG`, `dns.ALL`, `dns.V4MAPPED`
pub const ADDRCONFIG: i32 = 32;
pub const ALL: i32 = 16;
pub const V4MAPPED: i32 = 8;

/// `dns.lookup(hostname[, options], callback)`
pub fn lookup(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (hostname, options, callback) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    if hostname.to_boolean() {
        validate::string(hostname, "hostname", cx)?;
    }
    let (wanted, callback) = if let Some(callback) = options.as_function() {
        (Wanted::new(cx), callback)
    } else if options.is_number() {
        let callback = validate::function(callback, "callback", cx)?;
        (Wanted { family: family_of(options, "family", cx)?, ..Wanted::new(cx) }, callback)
    } else if !options.is_undefined() && !options.is_null() && !options.is_object() {
        validate::function(if args.len() == 2 { options } else { callback }, "callback", cx)?;
        return Err(engine_errors::invalid_arg_type("options", "integer|object", options, cx));
    } else {
        let callback = validate::function(callback, "callback", cx)?;
        (Wanted::parse(options, cx)?, callback)
    };
    if !hostname.to_boolean() {
        return Err(engine_errors::invalid_arg_value("hostname", hostname, "must be a non-empty string", cx));
    }
    let host = hostname.to_string(cx)?.to_std_string_lossy();
    let request = JsObject::with_object_proto(cx.intrinsics());
    start(host, wanted, cx, move |found, cx| {
        let args = match found {
            Ok(found) if wanted.all => vec![JsValue::null(), list(&found, cx)?],
            Ok(found) => match found.first() {
                Some((address, family)) => vec![JsValue::null(), js_string!(address.as_str()).into(), (*family).into()],
                None => vec![JsValue::null(), JsValue::undefined(), wanted.family.into()],
            },
            Err(error) => vec![error],
        };
        callback.call(&JsValue::undefined(), &args, cx).map(drop)
    });
    Ok(request.into())
}

/// `dns.promises.lookup(hostname[, options])`
pub fn lookup_promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (hostname, options) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if hostname.to_boolean() {
        validate::string(hostname, "hostname", cx)?;
    }
    let wanted = if options.is_number() {
        Wanted { family: family_of(options, "family", cx)?, ..Wanted::new(cx) }
    } else if !options.is_undefined() && !options.is_null() && !options.is_object() {
        return Err(engine_errors::invalid_arg_type("options", "integer|object", options, cx));
    } else {
        Wanted::parse(options, cx)?
    };
    let (promise, resolvers) = JsPromise::new_pending(cx);
    if !hostname.to_boolean() {
        let error = engine_errors::invalid_arg_value("hostname", hostname, "must be a non-empty string", cx).into_opaque(cx)?;
        resolvers.reject.call(&JsValue::undefined(), &[error], cx)?;
        return Ok(promise.into());
    }
    let host = hostname.to_string(cx)?.to_std_string_lossy();
    start(host, wanted, cx, move |found, cx| {
        let value = match found {
            Ok(found) if wanted.all => list(&found, cx)?,
            Ok(found) => match found.first() {
                Some(found) => entry(found, cx)?,
                None => JsValue::undefined(),
            },
            Err(error) => return resolvers.reject.call(&JsValue::undefined(), &[error], cx).map(drop),
        };
        resolvers.resolve.call(&JsValue::undefined(), &[value], cx).map(drop)
    });
    Ok(promise.into())
}

type Found = Vec<(String, u8)>;

fn entry((address, family): &(String, u8), cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("address"), js_string!(address.as_str()), cx)?;
    object.create_data_property_or_throw(js_string!("family"), *family, cx)?;
    Ok(object.into())
}

fn list(found: &Found, cx: &mut Context) -> JsResult<JsValue> {
    let entries: Vec<JsValue> = found.iter().map(|found| entry(found, cx)).collect::<JsResult<_>>()?;
    Ok(JsArray::from_values(entries, cx).into())
}

/// Looks a name up; an address is its own. `then` runs later, inside one entry.
fn start(host: String, wanted: Wanted, cx: &mut Context, then: impl FnOnce(Result<Found, JsValue>, &mut Context) -> JsResult<()> + 'static) {
    let version = ip_version(&host);
    if version != 0 {
        Host::of(cx).next_tick_native(move |cx| then(Ok(vec![(host, version)]), cx));
        return;
    }
    let family = match wanted.family {
        4 => Family::V4,
        6 => Family::V6,
        _ => Family::Any,
    };
    let hints = LookupHints::from_bits(wanted.hints);
    let timing = Timing::begin(
        "lookup",
        &[
            ("hostname", js_string!(host.as_str()).into()),
            ("family", wanted.family.into()),
            ("hints", wanted.hints.into()),
            ("verbatim", (wanted.order == Order::Verbatim).into()),
            ("order", js_string!(wanted.order.name()).into()),
        ],
        cx,
    );
    Host::of(cx).offload(
        "getaddrinfo",
        move |sys| sys.net().lookup(&host, family, hints),
        move |outcome, cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let found = match done(outcome, "getaddrinfo") {
                    Ok(mut addresses) => {
                        wanted.order.sort(&mut addresses);
                        if let Some(timing) = timing {
                            let addresses: Vec<JsValue> = addresses.iter().map(|ip| js_string!(ip.to_string()).into()).collect();
                            let addresses = JsArray::from_values(addresses, cx);
                            timing.end(&[("addresses", addresses.into())], cx)?;
                        }
                        Ok(addresses.iter().map(|ip| (ip.to_string(), if ip.is_ipv4() { 4 } else { 6 })).collect())
                    }
                    Err(error) => Err(exception(&error, cx)),
                };
                then(found, cx)
            });
        },
    );
}

fn done<T>(outcome: Outcome<SysResult<T>>, syscall: &'static str) -> SysResult<T> {
    match outcome {
        Outcome::Done(result) => result,
        Outcome::Cancelled => Err(SysError::new(errno::ECANCELED, syscall)),
    }
}

/// Node's `DNSException` for an error of the system.
fn exception(error: &SysError, cx: &mut Context) -> JsValue {
    match errors::look_up(error, cx) {
        Ok(error) => error.into(),
        Err(error) => thrown_value(error, cx),
    }
}

/// What `lookupService` is asked.
struct Service {
    address: std::net::SocketAddr,
    shown: String,
}

impl Service {
    fn parse(address: &JsValue, port: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let text = match address.as_string() {
            Some(text) => text.to_std_string_lossy(),
            None => String::new(),
        };
        if ip_version(&text) == 0 {
            return Err(engine_errors::invalid_arg_value("address", address, "is invalid", cx));
        }
        let port = validate::port(port, "Port", true, cx)?;
        match parse_scoped_with_port(&text, port) {
            Some(address) => Ok(Self { address, shown: text }),
            None => Err(engine_errors::invalid_arg_value("address", address, "is invalid", cx)),
        }
    }

    fn start(self, cx: &mut Context, then: impl FnOnce(Result<(String, String), JsValue>, &mut Context) -> JsResult<()> + 'static) {
        let Self { address, shown } = self;
        let timing = Timing::begin("lookupService", &[("host", js_string!(shown.as_str()).into()), ("port", address.port().into())], cx);
        Host::of(cx).offload(
            "getnameinfo",
            move |sys| sys.net().lookup_service(address),
            move |outcome, cx| {
                Host::of(cx).enter_with(cx, |cx| {
                    let found = done(outcome, "getnameinfo");
                    if let (Some(timing), Ok((host, service))) = (timing, &found) {
                        timing.end(&[("hostname", js_string!(host.as_str()).into()), ("service", js_string!(service.as_str()).into())], cx)?;
                    }
                    let found = found.map_err(|error| exception(&error.address(shown), cx));
                    then(found, cx)
                });
            },
        );
    }
}

/// `dns.lookupService(address, port, callback)`
pub fn lookup_service(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.len() != 3 {
        return Err(engine_errors::missing_args(&["address", "port", "callback"], cx));
    }
    let service = Service::parse(&args[0], &args[1], cx)?;
    let callback = validate::function(&args[2], "callback", cx)?;
    service.start(cx, move |found, cx| {
        let args = match found {
            Ok((host, service)) => vec![JsValue::null(), js_string!(host).into(), js_string!(service).into()],
            Err(error) => vec![error],
        };
        callback.call(&JsValue::undefined(), &args, cx).map(drop)
    });
    Ok(JsObject::with_object_proto(cx.intrinsics()).into())
}

/// `dns.promises.lookupService(address, port)`
pub fn lookup_service_promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.len() != 2 {
        return Err(engine_errors::missing_args(&["address", "port"], cx));
    }
    let service = Service::parse(&args[0], &args[1], cx)?;
    let (promise, resolvers) = JsPromise::new_pending(cx);
    service.start(cx, move |found, cx| match found {
        Ok((host, service)) => {
            let object = JsObject::with_object_proto(cx.intrinsics());
            object.create_data_property_or_throw(js_string!("hostname"), js_string!(host), cx)?;
            object.create_data_property_or_throw(js_string!("service"), js_string!(service), cx)?;
            resolvers.resolve.call(&JsValue::undefined(), &[object.into()], cx).map(drop)
        }
        Err(error) => resolvers.reject.call(&JsValue::undefined(), &[error], cx).map(drop),
    });
    Ok(promise.into())
}

/// The script's own `dns.lookup`, where it has put one in the place of ours.
pub fn replaced(cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let Some(module) = Host::of(cx).instance_of_builtin("dns") else { return Ok(None) };
    let found = module.get(js_string!("lookup"), cx)?;
    Ok(found.as_function().filter(|found| !found.is_native_function(lookup)))
}

/// What is called once with an error or a value.
type Then<T> = Box<dyn FnOnce(Result<T, JsValue>, &mut Context) -> JsResult<()>>;

#[derive(Clone, Trace, Finalize)]
struct Once(#[unsafe_ignore_trace] Rc<RefCell<Option<Then<String>>>>);

/// One address of a family, by a function of the script's (`lookup(host, family, callback)`) or ours.
pub fn of_family(given: Option<JsFunction>, host: &str, family: i32, cx: &mut Context, then: impl FnOnce(Result<String, JsValue>, &mut Context) -> JsResult<()> + 'static) -> JsResult<()> {
    let given = match given {
        Some(given) => Some(given),
        None => replaced(cx)?,
    };
    let Some(given) = given else {
        start(host.to_owned(), Wanted { family, ..Wanted::new(cx) }, cx, move |found, cx| match found {
            Ok(found) => match found.into_iter().next() {
                Some((address, _)) => then(Ok(address), cx),
                None => Ok(()),
            },
            Err(error) => then(Err(error), cx),
        });
        return Ok(());
    };
    let once = Once(Rc::new(RefCell::new(Some(Box::new(then)))));
    let callback = table::closure(
        "",
        2,
        once,
        |_this, args, once, cx| {
            let Some(then) = once.0.take() else { return Ok(JsValue::undefined()) };
            let error = args.get_or_undefined(0);
            let found = if error.to_boolean() { Err(error.clone()) } else { Ok(args.get_or_undefined(1).to_string(cx)?.to_std_string_lossy()) };
            then(found, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    given.call(&JsValue::undefined(), &[js_string!(host).into(), family.into(), callback.into()], cx).map(drop)
}

/// Node's `DNSException` with one of c-ares' codes: without a number.
pub fn ares_exception(code: &'static str, syscall: &'static str, hostname: &str, cx: &mut Context) -> JsResult<JsObject> {
    let hostname_value = js_string!(hostname);
    let properties: [(&'static str, JsValue); 4] = [("errno", JsValue::undefined()), ("code", js_string!(code).into()), ("syscall", js_string!(syscall).into()), ("hostname", hostname_value.into())];
    errors::plain_with(&format!("{syscall} {code} {hostname}"), &properties, cx)
}

/// `getHostByAddr EINVAL x`: what is no address.
pub fn not_an_address(hostname: &str, cx: &mut Context) -> JsError {
    match errors::look_up(&SysError::new(errno::EINVAL, "getHostByAddr").address(hostname), cx) {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}
