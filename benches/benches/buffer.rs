//! Buffers: making them, and what is done with 64 bytes and with a MiB.
//!
//! `cargo bench -p coil-benches --bench buffer`

use coil_benches::Script;
use criterion::{Criterion, Throughput};

const SMALL: &str = "const text = 'x'.repeat(64); const small = Buffer.from(text); const other = Buffer.from(text)";

/// Name, and what is done.
const OF_64_BYTES: &[(&str, &str)] = &[
    ("alloc", "Buffer.alloc(64)"),
    ("allocUnsafe", "Buffer.allocUnsafe(64)"),
    ("from a string", "Buffer.from(text)"),
    ("from base64", "Buffer.from('eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4', 'base64')"),
    ("toString", "small.toString()"),
    ("toString hex", "small.toString('hex')"),
    ("subarray", "small.subarray(8, 16)"),
    ("readUInt32LE", "small.readUInt32LE(8)"),
    ("writeUInt32LE", "small.writeUInt32LE(i, 8)"),
    ("compare", "small.compare(other)"),
    ("equals", "small.equals(other)"),
    ("concat of two", "Buffer.concat([small, other])"),
];

const LARGE: &str = "const large = Buffer.alloc(1 << 20, 'coil and node, '); const text = large.toString(); const hex = large.toString('hex');
    const base64 = large.toString('base64'); const other = Buffer.from(large)";

const OF_A_MIB: &[(&str, &str)] = &[
    ("from a string", "Buffer.from(text)"),
    ("toString", "large.toString()"),
    ("toString latin1", "large.toString('latin1')"),
    ("from hex", "Buffer.from(hex, 'hex')"),
    ("toString hex", "large.toString('hex')"),
    ("from base64", "Buffer.from(base64, 'base64')"),
    ("toString base64", "large.toString('base64')"),
    ("indexOf, not there", "large.indexOf('coil!')"),
    ("compare", "large.compare(other)"),
    ("fill", "other.fill('coil and node, ')"),
    ("copy", "large.copy(other)"),
];

fn main() {
    coil_benches::main(|criterion| {
        for (what, setup, len, works) in [("buffer of 64 bytes", SMALL, 64, OF_64_BYTES), ("buffer of 1 MiB", LARGE, 1 << 20, OF_A_MIB)] {
            let mut group = criterion.benchmark_group(what);
            group.throughput(Throughput::Bytes(len));
            for (name, body) in works {
                let mut script = Script::new(setup, body);
                group.bench_function(*name, |bencher| script.bench(bencher));
            }
            group.finish();
        }
        other(criterion);
    });
}

/// What has no length.
fn other(criterion: &mut Criterion) {
    let mut script = Script::new("const text = 'ünïcödé '.repeat(8)", "Buffer.byteLength(text)");
    criterion.bench_function("Buffer.byteLength of 64 characters", |bencher| script.bench(bencher));
}
