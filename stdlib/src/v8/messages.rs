//! Values between processes with `serialization: 'advanced'`: the serialization format, in which an object that the serializer does not
//! know is preceded by a number that tells a view of memory from the rest.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, bytes::ByteRange, js_string};
use coil_engine::table;

use super::{
    serdes::{self, DEFAULT_DESERIALIZER, DEFAULT_SERIALIZER},
    writer::varint,
};

/// What follows is a view of memory.
const VIEW: u32 = 0;
/// What follows is an object with the properties of the one that was sent.
const NO_VIEW: u32 = 1;

/// A message as it is sent.
pub(crate) fn bytes_of(message: &JsValue, cx: &mut Context) -> JsResult<Vec<u8>> {
    let prototype = DEFAULT_SERIALIZER.prototype(cx)?;
    let serializer = serdes::serializer(prototype, true);
    let write = table::function(write_host_object, js_string!("_writeHostObject"), 1, cx);
    serializer.create_data_property_or_throw(js_string!("_writeHostObject"), write, cx)?;
    let serializer = serializer.into();
    serdes::write_header(&serializer, &[], cx)?;
    serdes::write_value(&serializer, std::slice::from_ref(message), cx)?;
    serdes::with_out(&serializer, serdes::Out::take)
}

fn write_host_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if given.as_object().and_then(|object| ByteRange::of(&object)).is_some() {
        serdes::append(this, |bytes| varint(bytes, VIEW.into()))?;
        return serdes::write_host_object(this, args, cx);
    }
    serdes::append(this, |bytes| varint(bytes, NO_VIEW.into()))?;
    let copy = JsObject::with_object_proto(cx.intrinsics());
    copy.copy_data_properties::<JsString>(given, Vec::new(), cx)?;
    serdes::write_value(this, &[copy.into()], cx)
}

/// The message of what was sent.
pub(crate) fn value_of(bytes: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    let source = crate::buffer::from_slice(bytes, cx)?;
    let prototype = DEFAULT_DESERIALIZER.prototype(cx)?;
    let deserializer = serdes::deserializer(prototype, &source.into(), cx)?;
    let read = table::function(read_host_object, js_string!("_readHostObject"), 0, cx);
    deserializer.create_data_property_or_throw(js_string!("_readHostObject"), read, cx)?;
    let deserializer = deserializer.into();
    serdes::read_header(&deserializer, &[], cx)?;
    serdes::read_value(&deserializer, &[], cx)
}

fn read_host_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if serdes::next_number(this, "ReadUint32() failed")? == u64::from(VIEW) {
        return serdes::read_host_object(this, &[], cx);
    }
    serdes::read_value(this, &[], cx)
}
