//! Message ports: MessageChannel, MessagePort, BroadcastChannel, and the events of messages.
//!
//! ```js
//! const { port1, port2 } = new MessageChannel();
//! port2.on('message', (value) => { console.log(value); port2.close(); });
//! port1.postMessage({ hello: 'world' }); // { hello: 'world' }
//! ```
//!
//! A [`mailbox::End`] is what two threads share; a [`line::Line`] joins an end to a loop; `port` and `broadcast` are the classes.
//!
//! Follows <https://nodejs.org/api/worker_threads.html#class-messagechannel>.
//!
//! Differs from Node: `moveMessagePortToContext` gives back the port it was given.

mod broadcast;
mod events;
pub(crate) mod line;
pub(crate) mod mailbox;
mod port;

pub(crate) use self::{
    broadcast::BROADCAST_CHANNEL,
    events::{CLOSE_EVENT, ERROR_EVENT, MESSAGE_EVENT},
    port::{MESSAGE_CHANNEL, MESSAGE_PORT, adopt, is_detached, is_port, receive_message_on_port, take_end, transfer_list},
};
