//! The socket a script asks for, and the end of a connection.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use super::{Connection, reading::free_parser, report};
use crate::{
    events,
    http::{
        incoming,
        server::{dispatch, response},
    },
    net::{Socket, server as net_server},
};

impl Connection {
    /// The connection's socket; it is made when it is first asked for.
    pub fn socket(self: &Rc<Self>, cx: &mut Context) -> JsResult<JsObject> {
        if let Some(stream) = self.stream.borrow().as_ref() {
            return Ok(stream.clone());
        }
        let conn = self.conn.borrow().clone();
        let server = self.owner().map(|(server, _)| server);
        let socket = Socket::over_http(conn, server, self, cx)?;
        self.stream.replace(Some(socket.clone()));
        if let Some(idle) = self.idle.take() {
            Socket::take_timer(&socket, &idle, cx)?;
        }
        dispatch::listen_to_socket(self, &socket, cx)?;
        Ok(socket)
    }

    /// A script listens to the socket's bytes: they go through the socket's own stream from now on.
    pub fn read_through_socket(self: &Rc<Self>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
        if self.through_stream.get() || self.destroyed.get() {
            return Ok(());
        }
        Socket::read_itself(socket, cx)?;
        // Node's server sockets flow from the beginning.
        if socket.get(js_string!("readableFlowing"), cx)?.is_null() {
            socket.set(js_string!("readableFlowing"), true, true, cx)?;
        }
        Ok(())
    }

    /// Takes a socket that existed before the connection.
    pub fn adopt_socket(&self, socket: &JsObject) {
        self.stream.replace(Some(socket.clone()));
    }

    /// Ends the connection at once.
    pub fn destroy(self: &Rc<Self>, error: JsValue, cx: &mut Context) -> JsResult<()> {
        let stream = self.stream.borrow().clone();
        if let Some(stream) = stream {
            if self.destroyed.replace(true) && !self.through_stream.get() {
                return Ok(());
            }
            return events::method(&stream, "destroy", &[error], cx).map(drop);
        }
        if self.destroyed.replace(true) {
            return Ok(());
        }
        let conn = self.conn.borrow().clone();
        if let Some(conn) = conn {
            let connection = self.clone();
            conn.close(move |cx| {
                Host::of(cx).enter_with(cx, |cx| connection.closed(cx));
            });
        }
        Ok(())
    }

    /// The connection is closed: requests that are not answered are aborted, the current response hears `'close'`.
    pub fn closed(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.destroyed.set(true);
        self.parser.take();
        if let Some(id) = self.told.take() {
            Host::of(cx).renounce(id, cx);
        }
        self.out.take();
        let incoming: Vec<JsObject> = self.incoming.borrow_mut().drain(..).collect();
        for request in incoming {
            let result = incoming::abort(&request, cx);
            report(result, cx);
        }
        let current = self.current.take();
        if let Some(current) = current {
            let result = response::emit_close(&current, cx);
            report(result, cx);
        }
        let server = self.owner().map(|(server, _)| server);
        let stream = self.stream.borrow().clone();
        let counted = stream.is_none();
        self.forget(cx);
        if let Some(stream) = stream {
            let result = free_parser(&stream, cx);
            report(result, cx);
        }
        match server {
            // A socket tells its server itself.
            Some(server) if counted => net_server::connection_closed(&server, cx),
            _ => Ok(()),
        }
    }

    /// Breaks every link that keeps objects alive.
    pub(super) fn forget(&self, _cx: &mut Context) {
        if let Some((_, state)) = self.owner.take() {
            let connections = state.borrow().data().connections.clone();
            connections.remove(self.id);
        }
        self.waiting.borrow_mut().clear();
        self.incoming.borrow_mut().clear();
        self.request.take();
        self.current.take();
        if let Some(idle) = self.idle.take() {
            idle.cancel();
        }
    }
}
