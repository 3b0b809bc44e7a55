//! `Stats`, `BigIntStats`, `StatFs` and `Dirent`: what the operations give.

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsValue, js_string,
    property::{Attribute, PropertyDescriptor},
    template::HostTemplate,
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_sys::fs::{FileType, Stat, StatFs},
    op::IntoJs,
    table::{Key, Member, Symbol},
};

use super::arguments::key;

static STATS_BASE: Class = Class {
    name: "StatsBase",
    length: 10,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: |_, _, _| Ok(JsValue::undefined()),
    prototype: &[
        Member::function("isDirectory", 0, |this, _, cx| is(this, S_IFDIR, cx)),
        Member::function("isFile", 0, |this, _, cx| is(this, S_IFREG, cx)),
        Member::function("isBlockDevice", 0, |this, _, cx| is(this, S_IFBLK, cx)),
        Member::function("isCharacterDevice", 0, |this, _, cx| is(this, S_IFCHR, cx)),
        Member::function("isSymbolicLink", 0, |this, _, cx| is(this, S_IFLNK, cx)),
        Member::function("isFIFO", 0, |this, _, cx| is(this, S_IFIFO, cx)),
        Member::function("isSocket", 0, |this, _, cx| is(this, S_IFSOCK, cx)),
    ],
    statics: &[],
};

/// `fs.Stats`
static STATS: Class = Class {
    name: "Stats",
    length: 14,
    extends: Parent::Class(&STATS_BASE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::accessor("atime", |this, _, cx| date(this, "atime", cx), |this, args, cx| set_date(this, "atime", args, cx)).enumerable(true),
        Member::accessor("mtime", |this, _, cx| date(this, "mtime", cx), |this, args, cx| set_date(this, "mtime", args, cx)).enumerable(true),
        Member::accessor("ctime", |this, _, cx| date(this, "ctime", cx), |this, args, cx| set_date(this, "ctime", args, cx)).enumerable(true),
        Member::accessor("birthtime", |this, _, cx| date(this, "birthtime", cx), |this, args, cx| set_date(this, "birthtime", args, cx)).enumerable(true),
        Member::renamed("_checkModeProperty", "", 1, check_mode_property),
    ],
    statics: &[],
};

static BIG_INT_STATS: Class =
    Class { name: "BigIntStats", length: 14, extends: Parent::Class(&STATS_BASE), kind: Kind::Legacy, init: |_, _, _| Ok(JsValue::undefined()), prototype: STATS.prototype, statics: &[] };

const NUMBERS: [&str; 14] = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks", "atimeMs", "mtimeMs", "ctimeMs", "birthtimeMs"];
const NANOSECONDS: [&str; 4] = ["atimeNs", "mtimeNs", "ctimeNs", "birthtimeNs"];

const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;
const S_IFCHR: u32 = 0o020_000;
const S_IFBLK: u32 = 0o060_000;
const S_IFIFO: u32 = 0o010_000;
const S_IFLNK: u32 = 0o120_000;
const S_IFSOCK: u32 = 0o140_000;

/// `fs.Stats`: a constructor that warns, over the one that the objects of `stat` name.
pub(super) fn deprecated_class(cx: &mut Context) -> JsResult<JsValue> {
    let stats = STATS.constructor(cx)?;
    crate::util::deprecated_constructor(&stats, "fs.Stats constructor is deprecated.", "DEP0180", cx)
}

fn is(this: &JsValue, kind: u32, cx: &mut Context) -> JsResult<JsValue> {
    Ok((file_kind(this, cx)? == kind).into())
}

/// `stats._checkModeProperty(kind)`
fn check_mode_property(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let kind = file_kind(this, cx)?;
    Ok((args.get_or_undefined(0).as_number() == Some(kind.into())).into())
}

/// The bits of the mode that say what kind of file it is.
fn file_kind(this: &JsValue, cx: &mut Context) -> JsResult<u32> {
    let mode = this.to_object(cx)?.get(key("mode", cx), cx)?;
    let mode = match mode.as_bigint() {
        Some(big) => big.to_f64() as u32,
        None => mode.to_u32(cx)?,
    };
    Ok(mode & S_IFMT)
}

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    for (index, name) in NUMBERS.iter().enumerate() {
        this.set(js_string!(*name), args.get_or_undefined(index).clone(), true, cx)?;
    }
    Ok(JsValue::undefined())
}

/// A date is made from its milliseconds when it is first asked for.
fn date(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let ms = this.get(js_string!(format!("{name}Ms")), cx)?;
    let ms = match ms.as_bigint() {
        Some(big) => big.to_f64(),
        // Node rounds half up, into a date of whole milliseconds.
        None => (ms.to_number(cx)? + 0.5).floor(),
    };
    let constructor = cx.intrinsics().constructors().date().constructor();
    let date: JsValue = constructor.construct(&[ms.into()], None, cx)?.into();
    set_date(&this.into(), name, std::slice::from_ref(&date), cx)?;
    Ok(date)
}

fn set_date(this: &JsValue, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = PropertyDescriptor::builder().value(args.get_or_undefined(0).clone()).writable(true).enumerable(true).configurable(true);
    this.to_object(cx)?.define_property_or_throw(js_string!(name), value, cx)?;
    Ok(JsValue::undefined())
}

/// Shapes made once per host.
#[derive(Default)]
struct Templates {
    stats: std::cell::OnceCell<HostTemplate>,
    big: std::cell::OnceCell<HostTemplate>,
    dirent: std::cell::OnceCell<HostTemplate>,
}

/// What `stat` gives, as numbers or as BigInts.
pub(super) struct Stats {
    pub(super) stat: Stat,
    pub(super) bigint: bool,
}

impl IntoJs for Stats {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        Ok(stats_object(&self.stat, self.bigint, cx)?.into())
    }
}

pub(super) fn stats_object(stat: &Stat, bigint: bool, cx: &mut Context) -> JsResult<JsObject> {
    let host = Host::of(cx);
    let templates = host.state::<Templates>();
    let whole = [stat.dev, stat.mode.into(), stat.nlink, stat.uid.into(), stat.gid.into(), stat.rdev, stat.blksize, stat.ino, stat.size, stat.blocks];
    let times = [stat.atime, stat.mtime, stat.ctime, stat.birthtime];
    if bigint {
        let prototype = BIG_INT_STATS.prototype(cx)?;
        let template = templates.big.get_or_init(|| template(prototype, NUMBERS.iter().chain(&NANOSECONDS), cx));
        let mut values: Vec<JsValue> = whole.iter().map(|number| JsBigInt::from(*number).into()).collect();
        values.extend(times.iter().map(|time| JsBigInt::from((time.ns().div_euclid(NS_PER_MS)) as i64).into()));
        values.extend(times.iter().map(|time| JsBigInt::from(time.ns() as i64).into()));
        return Ok(template.create(values));
    }
    let prototype = STATS.prototype(cx)?;
    let template = templates.stats.get_or_init(|| template(prototype, NUMBERS.iter(), cx));
    let mut values: Vec<JsValue> = Vec::with_capacity(NUMBERS.len());
    values.extend(whole.iter().map(|number| JsValue::from(*number as f64)));
    values.extend(times.iter().map(|time| JsValue::from(time.ms())));
    Ok(template.create(values))
}

const NS_PER_MS: i128 = 1_000_000;

fn template<'a>(prototype: JsObject, names: impl Iterator<Item = &'a &'static str>, cx: &mut Context) -> HostTemplate {
    let keys: Vec<_> = names.map(|name| (key(name, cx).into(), Attribute::all())).collect();
    HostTemplate::new(Some(prototype), keys, cx)
}

/// `StatFs`
static STAT_FS: Class = Class { name: "StatFs", length: 7, extends: Parent::None, kind: Kind::Modern, init: |_, _, _| Ok(JsValue::undefined()), prototype: &[], statics: &[] };

pub(super) struct StatFsOut {
    pub(super) stat: StatFs,
    pub(super) bigint: bool,
}

impl IntoJs for StatFsOut {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let prototype = STAT_FS.prototype(cx)?;
        let object = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
        let stat = self.stat;
        for (name, number) in [("type", stat.kind), ("bsize", stat.bsize), ("blocks", stat.blocks), ("bfree", stat.bfree), ("bavail", stat.bavail), ("files", stat.files), ("ffree", stat.ffree)] {
            let value: JsValue = if self.bigint { JsBigInt::from(number).into() } else { (number as f64).into() };
            object.create_data_property_or_throw(js_string!(name), value, cx)?;
        }
        Ok(object.into())
    }
}

/// `fs.Dirent`
pub(super) static DIRENT: Class = Class {
    name: "Dirent",
    length: 3,
    extends: Parent::None,
    kind: Kind::Modern,
    init: construct_dirent,
    prototype: &[
        Member::function("isDirectory", 0, |this, _, cx| is_kind(this, UV_DIRENT_DIR, cx)),
        Member::function("isFile", 0, |this, _, cx| is_kind(this, UV_DIRENT_FILE, cx)),
        Member::function("isBlockDevice", 0, |this, _, cx| is_kind(this, UV_DIRENT_BLOCK, cx)),
        Member::function("isCharacterDevice", 0, |this, _, cx| is_kind(this, UV_DIRENT_CHAR, cx)),
        Member::function("isSymbolicLink", 0, |this, _, cx| is_kind(this, UV_DIRENT_LINK, cx)),
        Member::function("isFIFO", 0, |this, _, cx| is_kind(this, UV_DIRENT_FIFO, cx)),
        Member::function("isSocket", 0, |this, _, cx| is_kind(this, UV_DIRENT_SOCKET, cx)),
    ],
    statics: &[],
};

const UV_DIRENT_FILE: i32 = 1;
const UV_DIRENT_DIR: i32 = 2;
const UV_DIRENT_LINK: i32 = 3;
const UV_DIRENT_FIFO: i32 = 4;
const UV_DIRENT_SOCKET: i32 = 5;
const UV_DIRENT_CHAR: i32 = 6;
const UV_DIRENT_BLOCK: i32 = 7;

/// The type's symbol shows as `Symbol(type)`, as in Node.
const TYPE: Key = Key::Symbol(Symbol::Private("type"));

fn construct_dirent(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    this.create_data_property_or_throw(js_string!("name"), args.get_or_undefined(0).clone(), cx)?;
    this.create_data_property_or_throw(js_string!("parentPath"), args.get_or_undefined(1).clone(), cx)?;
    let symbol = TYPE.property_key(cx);
    this.create_data_property_or_throw(symbol, args.get_or_undefined(2).clone(), cx)?;
    Ok(JsValue::undefined())
}

fn is_kind(this: &JsValue, kind: i32, cx: &mut Context) -> JsResult<JsValue> {
    let symbol = TYPE.property_key(cx);
    let found = this.to_object(cx)?.get(symbol, cx)?;
    Ok((found.as_number() == Some(kind.into())).into())
}

pub(super) fn dirent(name: JsValue, parent: JsValue, kind: FileType, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let templates = host.state::<Templates>();
    let prototype = DIRENT.prototype(cx)?;
    let template = templates.dirent.get_or_init(|| {
        let keys = [key("name", cx).into(), key("parentPath", cx).into(), TYPE.property_key(cx)].map(|key| (key, Attribute::all()));
        HostTemplate::new(Some(prototype), keys, cx)
    });
    // The door numbers the types as libuv does.
    let number = kind as i32;
    Ok(template.create(vec![name, parent, number.into()]).into())
}
