//! Connections that come in: which are refused, and how a socket is made of the others.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, coil_sys::SysResult};

use super::{ServerState, listening::fail_later};
use crate::{
    diagnostics_channel, events,
    net::{
        address_info, block_list,
        conn::{Conn, StreamKind},
        errors,
        listener::{Acceptor, Listener},
        socket::Socket,
    },
};

pub(super) fn accept_on(server: &JsObject, state: &JsObject<ServerState>, listener: Rc<Listener>, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    if state.borrow().data().unreffed {
        listener.set_ref(false);
    }
    if let Err(error) = listener.start(Rc::new(Accepting { server: server.clone(), state: state.clone() })) {
        return fail_later(server, &error, shown, cx);
    }
    state.borrow_mut().data_mut().listener = Some(listener);
    let (address, port) = shown.map_or(("null", -1), |shown| shown);
    let kind = if port < 0 {
        "-1"
    } else if address.contains(':') {
        "6"
    } else {
        "4"
    };
    server.set(js_string!("_connectionKey"), js_string!(format!("{kind}:{address}:{port}")), false, cx)?;
    diagnostics_channel::announce("tracing:net.server.listen:asyncEnd", &[("server", &server.clone().into())], cx)?;
    let (server, state) = (server.clone(), state.clone());
    Host::of(cx).next_tick_native(move |cx| {
        if state.borrow().data().listener.is_none() {
            return Ok(());
        }
        events::emit(&server, js_string!("listening"), &[], cx).map(drop)
    });
    Ok(())
}

/// Connects a listener with its server, as long as it listens.
struct Accepting {
    server: JsObject,
    state: JsObject<ServerState>,
}

impl Acceptor for Accepting {
    fn object(&self) -> Option<JsObject> {
        Some(self.server.clone())
    }

    fn accepted(self: Rc<Self>, result: SysResult<OwnedFd>, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| match result {
            Ok(fd) => self.connected(fd, cx),
            Err(error) => {
                let error = errors::errno(&error, cx)?;
                events::emit(&self.server, js_string!("error"), &[error.into()], cx).map(drop)
            }
        });
    }
}

impl Accepting {
    fn connected(&self, fd: OwnedFd, cx: &mut Context) -> JsResult<()> {
        let server = &self.server;
        let (kind, connections, hook) = {
            let state = self.state.borrow();
            let state = state.data();
            (state.listener.as_ref().map_or(StreamKind::Tcp, |listener| listener.kind()), state.connections, state.hook.get())
        };
        let max = server.get(js_string!("maxConnections"), cx)?;
        if !max.is_null_or_undefined() && connections >= max.to_number(cx)? {
            return self.drop_connection(fd, cx);
        }
        let list = server.get(js_string!("blockList"), cx)?;
        if list.to_boolean()
            && let Some(peer) = Host::of(cx).sys().net().peer_address(&fd).ok().and_then(|address| address.ip())
            && block_list::blocks(&list, peer.ip(), cx)?
        {
            return Ok(());
        }
        let is_set = |key: &'static str, cx: &mut Context| server.get(js_string!(key), cx).map(|value| value.to_boolean());
        if kind == StreamKind::Tcp {
            // Options a socket may refuse are not worth losing a connection for.
            if is_set("noDelay", cx)? {
                let _ = Host::of(cx).sys().net().set_nodelay(&fd, true);
            }
            if is_set("keepAlive", cx)? {
                let delay_s = server.get(js_string!("keepAliveInitialDelay"), cx)?.to_u32(cx)?;
                let _ = Host::of(cx).sys().net().set_keepalive(&fd, true, delay_s);
            }
        }
        let conn = Conn::new(kind, Some(fd), cx);
        // Who watches sockets is to see every one: HTTP serves it as a socket too.
        let watched = diagnostics_channel::is_watched("net.server.socket", cx);
        if let Some(hook) = hook
            && !watched
            && hook(server, &conn, cx)?
        {
            return Ok(());
        }
        self.state.borrow_mut().data_mut().connections += 1.0;
        let socket = Socket::accepted(&conn, server, cx)?;
        let socket = socket.into();
        events::emit(server, js_string!("connection"), std::slice::from_ref(&socket), cx)?;
        diagnostics_channel::announce("net.server.socket", &[("socket", &socket)], cx)
    }

    /// There are as many connections as the server wants: this one is told to the script and closed.
    fn drop_connection(&self, fd: OwnedFd, cx: &mut Context) -> JsResult<()> {
        let host = Host::of(cx);
        let local = host.sys().net().local_address(&fd).ok().and_then(|address| address.ip());
        let peer = host.sys().net().peer_address(&fd).ok().and_then(|address| address.ip());
        drop(fd);
        let (Some(local), Some(peer)) = (local, peer) else {
            return events::emit(&self.server, js_string!("drop"), &[], cx).map(drop);
        };
        let data = JsObject::with_null_proto();
        for (prefix, address) in [("local", local), ("remote", peer)] {
            let mut define = |name: &str, value: JsValue| data.create_data_property_or_throw(js_string!(format!("{prefix}{name}")), value, cx);
            define("Address", js_string!(address_info::shown(&address)).into())?;
            define("Port", address.port().into())?;
            define("Family", js_string!(address_info::family(&address)).into())?;
        }
        events::emit(&self.server, js_string!("drop"), &[data.into()], cx).map(drop)
    }
}
