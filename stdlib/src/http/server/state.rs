//! The settings and connections of one HTTP server.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction};
use coil_engine::{Slot, errors, validate};
use rustc_hash::FxHashMap;

use super::Connection;
use crate::http::{
    outgoing::{self, UniqueNames},
    wire::Limits,
};

/// What `http.Server` keeps natively. The values that scripts read and set are kept as they gave them.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct ServerState {
    /// Options `IncomingMessage` and `ServerResponse`, where they are not the built-in classes.
    pub incoming_class: Option<JsObject>,
    pub response_class: Option<JsObject>,
    pub max_header_size: JsValue,
    pub insecure_parser: JsValue,
    pub request_timeout: JsValue,
    pub headers_timeout: JsValue,
    pub keep_alive_timeout: JsValue,
    pub keep_alive_timeout_buffer: JsValue,
    pub connections_checking_interval: JsValue,
    pub require_host_header: JsValue,
    pub join_duplicate_headers: JsValue,
    pub rejects_body: JsValue,
    pub timeout: JsValue,
    pub max_headers_count: JsValue,
    pub max_requests_per_socket: JsValue,
    pub http_allow_half_open: JsValue,
    pub optimize_empty_requests: bool,
    /// `shouldUpgradeCallback`, where a script gave one: the default asks whether `'upgrade'` has listeners.
    pub should_upgrade: Option<JsFunction>,
    #[unsafe_ignore_trace]
    pub unique: Option<Rc<UniqueNames>>,
    #[unsafe_ignore_trace]
    pub connections: Rc<Connections>,
}

/// The connections of one server: for `closeIdleConnections` and the timeouts of requests.
#[derive(Default)]
pub struct Connections {
    all: RefCell<FxHashMap<u64, Rc<Connection>>>,
    next_id: Cell<u64>,
    /// The check for expired requests is in the loop.
    pub checked: Cell<bool>,
}

impl Connections {
    pub fn add(&self, make: impl FnOnce(u64) -> Rc<Connection>) -> Rc<Connection> {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        let connection = make(id);
        self.all.borrow_mut().insert(id, connection.clone());
        connection
    }

    pub fn remove(&self, id: u64) {
        let removed = self.all.borrow_mut().remove(&id);
        drop(removed);
    }

    /// All of them at this moment, the oldest first.
    pub fn list(&self) -> Vec<Rc<Connection>> {
        let mut list: Vec<(u64, Rc<Connection>)> = self.all.borrow().iter().map(|(id, connection)| (*id, connection.clone())).collect();
        list.sort_unstable_by_key(|(id, _)| *id);
        list.into_iter().map(|(_, connection)| connection).collect()
    }
}

impl ServerState {
    /// Node's `storeHTTPOptions`, in its order.
    pub fn parse(options: Option<&JsObject>, cx: &mut Context) -> JsResult<Self> {
        let get = |key: &'static str, cx: &mut Context| match options {
            Some(options) => options.get(js_string!(key), cx),
            None => Ok(JsValue::undefined()),
        };
        let incoming_class = get("IncomingMessage", cx)?.as_object();
        let response_class = get("ServerResponse", cx)?.as_object();
        let max_header_size = get("maxHeaderSize", cx)?;
        if !max_header_size.is_undefined() {
            validate::integer(&max_header_size, "maxHeaderSize", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
        }
        let optimize = get("optimizeEmptyRequests", cx)?;
        if !optimize.is_undefined() {
            validate::boolean(&optimize, "options.optimizeEmptyRequests", cx)?;
        }
        let insecure_parser = get("insecureHTTPParser", cx)?;
        if !insecure_parser.is_undefined() {
            validate::boolean(&insecure_parser, "options.insecureHTTPParser", cx)?;
        }
        let duration = |key: &'static str, default: f64, cx: &mut Context| -> JsResult<JsValue> {
            let value = get(key, cx)?;
            if value.is_undefined() {
                return Ok(default.into());
            }
            validate::integer(&value, key, 0.0, validate::SAFE_INTEGER_MAX, cx)?;
            Ok(value)
        };
        let request_timeout = duration("requestTimeout", 300_000.0, cx)?;
        let request_ms = request_timeout.as_number().unwrap_or(0.0);
        let headers_timeout = duration("headersTimeout", request_ms.min(60_000.0), cx)?;
        let headers_ms = headers_timeout.as_number().unwrap_or(0.0);
        if request_ms > 0.0 && headers_ms > 0.0 && headers_ms > request_ms {
            return Err(errors::out_of_range("headersTimeout", "<= requestTimeout", &headers_timeout, cx));
        }
        let keep_alive_timeout = duration("keepAliveTimeout", 5000.0, cx)?;
        let keep_alive_timeout_buffer = duration("keepAliveTimeoutBuffer", 1000.0, cx)?;
        let connections_checking_interval = duration("connectionsCheckingInterval", 30_000.0, cx)?;
        let flag = |key: &'static str, default: bool, cx: &mut Context| -> JsResult<JsValue> {
            let value = get(key, cx)?;
            if value.is_undefined() {
                return Ok(default.into());
            }
            validate::boolean(&value, &format!("options.{key}"), cx)?;
            Ok(value)
        };
        let require_host_header = flag("requireHostHeader", true, cx)?;
        let join_duplicate_headers = flag("joinDuplicateHeaders", false, cx)?;
        let rejects_body = flag("rejectNonStandardBodyWrites", false, cx)?;
        let should_upgrade = get("shouldUpgradeCallback", cx)?;
        let should_upgrade = match should_upgrade.is_undefined() {
            true => None,
            false => Some(validate::function(&should_upgrade, "options.shouldUpgradeCallback", cx)?),
        };
        let unique = outgoing::unique_names(&get("uniqueHeaders", cx)?, cx)?;
        Ok(Self {
            incoming_class,
            response_class,
            max_header_size,
            insecure_parser,
            request_timeout,
            headers_timeout,
            keep_alive_timeout,
            keep_alive_timeout_buffer,
            connections_checking_interval,
            require_host_header,
            join_duplicate_headers,
            rejects_body,
            timeout: 0.into(),
            max_headers_count: JsValue::null(),
            max_requests_per_socket: 0.into(),
            http_allow_half_open: false.into(),
            optimize_empty_requests: optimize.to_boolean(),
            should_upgrade,
            unique,
            connections: Rc::default(),
        })
    }

    /// What a new connection's parser accepts.
    pub fn limits(&self, default: &Limits) -> Limits {
        let head_len_max = match positive(&self.max_header_size) {
            0.0 => default.head_len_max,
            size => size.min(f64::from(u32::MAX)) as u32,
        };
        let fields_max = match self.max_headers_count.as_number() {
            Some(count) => count.max(0.0) as u32,
            None => default.fields_max,
        };
        Limits { head_len_max, fields_max, lenient: if self.insecure_parser.is_undefined() { default.lenient } else { self.insecure_parser.to_boolean() } }
    }
}

/// A number above zero, or zero.
pub fn positive(value: &JsValue) -> f64 {
    value.as_number().filter(|number| number.is_finite() && *number > 0.0).unwrap_or(0.0)
}

/// The state behind a server, if it is one.
pub fn find(this: &JsValue, cx: &mut Context) -> Option<JsObject<ServerState>> {
    Slot::<ServerState>::get(&this.as_object()?, cx)
}
