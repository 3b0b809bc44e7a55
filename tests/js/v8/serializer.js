// Serializer and Deserializer piece by piece, with host objects and transferred buffers of their own.
const v8 = require('v8');
const attempt = (run) => {
  try {
    console.log(run());
  } catch (error) {
    console.log(error.constructor.name, error.code, error.message);
  }
};

const writer = new v8.Serializer();
writer.writeHeader();
writer.writeUint32(300);
writer.writeUint64(1, 2);
writer.writeDouble(1.5);
writer.writeRawBytes(Buffer.from('hi'));
console.log(writer.writeValue({ a: 1 }));
const bytes = writer.releaseBuffer();
console.log(bytes);
const reader = new v8.Deserializer(bytes);
console.log(reader.readHeader(), reader.readUint32(), reader.readUint64(), reader.readDouble(), reader.readRawBytes(2), reader.getWireFormatVersion(), reader.readValue());
attempt(() => reader.readUint32());
attempt(() => reader.readUint64());
attempt(() => reader.readDouble());
attempt(() => reader.readRawBytes(5));
attempt(() => reader.readValue());

class Points extends v8.DefaultSerializer {
  _writeHostObject(object) {
    this.writeUint32(object.byteLength);
    this.writeValue('inside');
  }
}
class ReadPoints extends v8.DefaultDeserializer {
  _readHostObject() {
    return { length: this.readUint32(), inside: this.readValue() };
  }
}
const points = new Points();
points.writeHeader();
points.writeValue([new Uint8Array(3), new Uint8Array(4), { last: true }]);
const read = new ReadPoints(points.releaseBuffer());
read.readHeader();
console.log(read.readValue());

const buffer = new ArrayBuffer(3);
const sender = new v8.Serializer();
sender.writeHeader();
sender.transferArrayBuffer(7, buffer);
sender.writeValue({ buffer });
const receiver = new v8.Deserializer(sender.releaseBuffer());
receiver.transferArrayBuffer(7, buffer);
receiver.readHeader();
console.log(receiver.readValue().buffer === buffer);

attempt(() => v8.Serializer());
attempt(() => v8.DefaultSerializer());
attempt(() => new v8.Deserializer());
attempt(() => new v8.Serializer().writeRawBytes(1));
attempt(() => new v8.Serializer().transferArrayBuffer(0, 1));
attempt(() => v8.Serializer.prototype.writeValue.call({}, 1));
attempt(() => v8.serialize(new SharedArrayBuffer(1)));
attempt(() => {
  const strict = new v8.Serializer();
  strict._getDataCloneError = TypeError;
  strict.writeValue(Symbol('x'));
});
