//! A server's choices once the client has said what it wants: whose certificates, which protocol.

use std::cell::Cell;

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{Host, errors as engine_errors, table};
use coil_tls::session::{Hello, ServerWishes};

use super::{context, errors, field, flag, set, socket::TlsState};
use crate::{events, net};

/// The client has said which server it means: its certificates are chosen, by the script if it wants to.
pub(super) fn choose_context(socket: &JsObject, state: &JsObject<TlsState>, hello: Hello, cx: &mut Context) -> JsResult<()> {
    state.borrow_mut().data_mut().servername.clone_from(&hello.servername);
    if let Some(servername) = &hello.servername {
        set(socket, "servername", js_string!(servername.as_str()), cx)?;
    }
    let callback = field(socket, "_SNICallback", cx)?.as_function();
    let (Some(callback), Some(servername)) = (callback, hello.servername.clone()) else {
        return choose_protocol(socket, state, &hello, cx);
    };
    let answered = table::closure(
        "",
        2,
        (socket.clone(), state.clone(), Said(hello, Cell::new(false))),
        |_this, args, (socket, state, hello), cx| {
            let (error, given) = (args.get_or_undefined(0), args.get_or_undefined(1));
            if hello.1.replace(true) {
                let error = engine_errors::multiple_callback(cx).into_opaque(cx)?;
                return events::method(socket, "destroy", &[error], cx);
            }
            if flag(socket, "destroyed", cx)? {
                return Ok(JsValue::undefined());
            }
            if error.to_boolean() {
                return events::method(socket, "destroy", std::slice::from_ref(error), cx);
            }
            if given.is_object() {
                match context::of(given, cx) {
                    Some(context) => state.borrow_mut().data_mut().context = context,
                    None => {
                        let error = errors::invalid_sni_context().into_opaque(cx)?;
                        return events::method(socket, "destroy", &[error], cx);
                    }
                }
            }
            choose_protocol(socket, state, &hello.0, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    callback.call(&socket.clone().into(), &[js_string!(servername).into(), answered.into()], cx).map(drop)
}

#[derive(Trace, Finalize)]
struct Said(#[unsafe_ignore_trace] Hello, #[unsafe_ignore_trace] Cell<bool>);

fn choose_protocol(socket: &JsObject, state: &JsObject<TlsState>, hello: &Hello, cx: &mut Context) -> JsResult<()> {
    let options = field(socket, "_tlsOptions", cx)?.to_object(cx)?;
    let callback = field(&options, "ALPNCallback", cx)?.as_function();
    let mut alpn = state.borrow().data().alpn.clone();
    if let (Some(callback), Some(offered)) = (callback, &hello.alpn) {
        let names: Vec<String> = offered.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let asked = JsObject::with_object_proto(cx.intrinsics());
        let servername = hello.servername.as_ref().map_or_else(|| js_string!(""), |name| js_string!(name.as_str()));
        set(&asked, "servername", servername, cx)?;
        let list: Vec<JsValue> = names.iter().map(|name| js_string!(name.as_str()).into()).collect();
        let list = JsArray::from_iter(list, cx);
        set(&asked, "protocols", list, cx)?;
        let chosen = match callback.call(&socket.clone().into(), &[asked.into()], cx) {
            Ok(chosen) => chosen,
            Err(error) => {
                let error = error.into_opaque(cx)?;
                return events::method(socket, "destroy", &[error], cx).map(drop);
            }
        };
        if chosen.is_undefined() {
            // A name that no client offers: the handshake ends with the right alert.
            alpn = vec![b"\0".to_vec()];
        } else {
            let name = chosen.to_string(cx)?.to_std_string_escaped();
            if !names.contains(&name) {
                let error = errors::alpn_callback_invalid_result(&name, &names.join(", "), cx).into_opaque(cx)?;
                return events::method(socket, "destroy", &[error], cx).map(drop);
            }
            alpn = vec![name.into_bytes()];
        }
    }
    accept(socket, state, alpn, cx)
}

fn accept(socket: &JsObject, state: &JsObject<TlsState>, alpn: Vec<Vec<u8>>, cx: &mut Context) -> JsResult<()> {
    let options = field(socket, "_tlsOptions", cx)?.to_object(cx)?;
    let mut logs_keys = events::listener_count(socket, js_string!("keylog"), cx)? > 0;
    if let Some(server) = field(&options, "server", cx)?.as_object() {
        logs_keys |= events::listener_count(&server, js_string!("keylog"), cx)? > 0;
    }
    let requests_cert = flag(socket, "_requestCert", cx)?;
    let requires_cert = requests_cert && flag(socket, "_rejectUnauthorized", cx)?;
    let (layer, context, max_fragment) = {
        let state = state.borrow();
        let state = state.data();
        (state.layer.clone(), state.context.clone(), state.max_fragment)
    };
    let Some(conn) = net::Socket::conn_of(socket, cx) else { return Ok(()) };
    let mut settings = context.settings.borrow().clone();
    if settings.identities.is_empty()
        && let Some(usual) = context::of(&field(&options, "secureContext", cx)?, cx)
    {
        // A context chosen by name adds to the usual one, it does not take its certificates away.
        settings.identities.clone_from(&usual.settings.borrow().identities);
    }
    let wishes = ServerWishes { alpn, requests_cert, requires_cert, logs_keys, max_fragment, ocsp: None };
    // Not within the callback that answered: what comes of it enters JavaScript by itself.
    Host::of(cx).event_loop().pending(Box::new(move |cx| {
        if !conn.is_closed() {
            layer.accept(&conn, &settings, wishes, cx);
        }
    }));
    Ok(())
}
