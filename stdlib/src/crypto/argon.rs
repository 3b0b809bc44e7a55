//! `argon2`, RFC 9106.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, limits::charge_ns};
use coil_engine::validate;

use super::{
    failure::{Failure, Outcome},
    key_input,
    pool::{self, Finish, Work},
};
use crate::buffer;

/// What Argon2 is given.
pub struct Recipe {
    algorithm: Algorithm,
    message: Vec<u8>,
    nonce: Vec<u8>,
    parallelism: u32,
    tag_len: usize,
    memory: u32,
    passes: u32,
    secret: Vec<u8>,
    data: Vec<u8>,
}

impl Recipe {
    /// `kind` is `Argon2d`, `Argon2i` or `Argon2id`, in any case.
    pub fn new(kind: &str, message: Vec<u8>, nonce: Vec<u8>, tag_len: usize) -> Self {
        let algorithm = match kind.to_ascii_lowercase().as_str() {
            "argon2d" => Algorithm::Argon2d,
            "argon2i" => Algorithm::Argon2i,
            _ => Algorithm::Argon2id,
        };
        Self { algorithm, message, nonce, parallelism: 1, tag_len, memory: 8, passes: 1, secret: Vec::new(), data: Vec::new() }
    }

    /// Blocks of 1 KiB, how often they are gone through, and by how many at once.
    pub fn costs(self, memory: u32, passes: u32, parallelism: u32) -> Self {
        Self { memory, passes, parallelism, ..self }
    }

    /// What the tag is bound to beside the message.
    pub fn bound(self, secret: Vec<u8>, data: Vec<u8>) -> Self {
        Self { secret, data, ..self }
    }

    /// The tag.
    pub fn run(self) -> Outcome<Vec<u8>> {
        let failed = |_| Failure::error("ERR_CRYPTO_OPERATION_FAILED", "Argon2 failed");
        let mut params = ParamsBuilder::new();
        params.m_cost(self.memory).t_cost(self.passes).p_cost(self.parallelism).output_len(self.tag_len);
        if !self.data.is_empty() {
            params.data(AssociatedData::new(&self.data).map_err(failed)?);
        }
        let params = params.build().map_err(failed)?;
        let argon = if self.secret.is_empty() { Ok(Argon2::new(self.algorithm, Version::V0x13, params)) } else { Argon2::new_with_secret(&self.secret, self.algorithm, Version::V0x13, params) };
        let mut out = vec![0; self.tag_len];
        argon.map_err(failed)?.hash_password_into(&self.message, &self.nonce, &mut out).map_err(failed)?;
        Ok(out)
    }
}

fn bytes(parameters: &JsObject, name: &str, required: bool, least: f64, cx: &mut Context) -> JsResult<Vec<u8>> {
    let value = parameters.get(js_string!(name), cx)?;
    if value.is_undefined() && !required {
        return Ok(Vec::new());
    }
    let name = format!("parameters.{name}");
    let bytes = key_input::bytes_in(&value, &JsValue::undefined(), &name, cx)?;
    validate::integer(&(bytes.len() as f64).into(), &format!("{name}.byteLength"), least, f64::from(u32::MAX), cx)?;
    Ok(bytes)
}

fn number(parameters: &JsObject, name: &str, least: f64, most: f64, cx: &mut Context) -> JsResult<u32> {
    let value = parameters.get(js_string!(name), cx)?;
    Ok(validate::integer(&value, &format!("parameters.{name}"), least, most, cx)? as u32)
}

fn recipe(args: &[JsValue], cx: &mut Context) -> JsResult<Recipe> {
    let name = validate::string(args.get_or_undefined(0), "algorithm", cx)?;
    validate::one_of(args.get_or_undefined(0), "algorithm", &["argon2d", "argon2i", "argon2id"], cx)?;
    let parameters = validate::object(args.get_or_undefined(1), "parameters", cx)?;
    let most = f64::from(u32::MAX);
    let message = bytes(&parameters, "message", true, 0.0, cx)?;
    let nonce = bytes(&parameters, "nonce", true, 8.0, cx)?;
    let parallelism = number(&parameters, "parallelism", 1.0, 16_777_215.0, cx)?;
    let tag_len = number(&parameters, "tagLength", 4.0, most, cx)? as usize;
    buffer::room_for(tag_len)?;
    let memory = number(&parameters, "memory", f64::from(parallelism) * 8.0, most, cx)?;
    buffer::room_for(memory as usize * 1024)?;
    let passes = number(&parameters, "passes", 1.0, most, cx)?;
    let secret = bytes(&parameters, "secret", false, 0.0, cx)?;
    let data = bytes(&parameters, "associatedData", false, 0.0, cx)?;
    Ok(Recipe::new(&name.to_std_string_lossy(), message, nonce, tag_len).costs(memory, passes, parallelism).bound(secret, data))
}

fn job(recipe: Recipe) -> (Work<Vec<u8>>, Finish<Vec<u8>>) {
    (Box::new(move |_| recipe.run()), Box::new(|tag, cx| Ok(vec![buffer::from_vec(tag, cx)?.into()])))
}

/// `crypto.argon2(algorithm, parameters, callback)`
pub fn argon2(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let recipe = recipe(args, cx)?;
    let callback = validate::function(args.get_or_undefined(2), "callback", cx)?;
    let (work, finish) = job(recipe);
    pool::later("argon2", callback, work, finish, cx);
    Ok(JsValue::undefined())
}

/// `crypto.argon2Sync(algorithm, parameters)`
pub fn argon2_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let recipe = recipe(args, cx)?;
    charge_ns(u64::from(recipe.memory) * u64::from(recipe.passes) * KIBIBYTE_NS)?;
    let (work, finish) = job(recipe);
    Ok(pool::here(work, finish, cx)?.into_iter().next().unwrap_or_default())
}

/// What a pass over a kibibyte of memory takes at least.
const KIBIBYTE_NS: u64 = 500;
