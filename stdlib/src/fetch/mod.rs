//! `fetch`, `Headers`, `Request`, `Response` and `FormData`.
//!
//! ```js
//! const response = await fetch('http://localhost:8080/users', { method: 'POST', body: JSON.stringify({ name: 'ada' }) });
//! if (!response.ok) throw new Error(response.statusText);
//! console.log(await response.json());
//! ```
//!
//! The classes follow <https://fetch.spec.whatwg.org/>, with the messages of Node's `fetch`; requests go out through [`crate::http`]'s
//! client, on an agent of their own that keeps connections. Node's page: <https://nodejs.org/api/globals.html#fetch>.
//!
//! A body whose bytes are all there is no stream until a script asks for `body`.
//!
//! Differs from Node: the `dispatcher` option is not looked at; nothing is cached; `integrity` is not checked.

mod body;
mod client;
mod content;
mod form_data;
mod headers;
mod mime;
mod pairs;
mod request;
mod response;
mod schemes;
mod webidl;

use coil_engine::table::Export;

#[cfg(feature = "wasm")]
pub(crate) use response::{array_buffer, facts as response_facts};

/// What a global object gets.
pub static GLOBALS: &[Export] = &[
    Export::function("fetch", 1, client::fetch).enumerable(true),
    Export::lazy("FormData", |cx| form_data::FORM_DATA.constructor(cx).map(Into::into)).enumerable(false),
    Export::lazy("Headers", |cx| headers::HEADERS.constructor(cx).map(Into::into)).enumerable(false),
    Export::lazy("Request", |cx| request::REQUEST.constructor(cx).map(Into::into)).enumerable(false),
    Export::lazy("Response", |cx| response::RESPONSE.constructor(cx).map(Into::into)).enumerable(false),
];
