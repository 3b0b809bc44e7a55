//! Arithmetic of large integers that can be stopped, and ends where V8's does: at 2**30 bits.

use num_bigint::{BigInt, Sign};

use crate::{JsBigInt, JsNativeError, JsResult, limits};

/// V8's largest, in bits.
const BITS_MAX: u64 = 1 << 30;
/// Numbers up to this length are worked on at once.
const WHOLE_BITS: u64 = 64 * 2048;

#[cold]
fn too_big() -> crate::JsError {
    JsNativeError::range().with_message("Maximum BigInt size exceeded").into()
}

/// Asks for a number of so many bits.
pub(crate) fn room(bits: u64) -> JsResult<()> {
    if bits > BITS_MAX {
        return Err(too_big());
    }
    if bits < WHOLE_BITS { Ok(()) } else { limits::reserve(bits / 8) }
}

/// Work that is linear in the numbers: a sum, a shift, a bitwise operation.
pub(crate) fn linear(x: &JsBigInt, y: &JsBigInt) -> JsResult<()> {
    let bits = x.as_inner().bits().max(y.as_inner().bits());
    if bits < WHOLE_BITS { Ok(()) } else { limits::reserve(bits / 8) }
}

/// `x + y` or `x - y`: one bit more than the longer.
pub(crate) fn sum(result: JsBigInt) -> JsResult<JsBigInt> {
    if result.as_inner().bits() > BITS_MAX { Err(too_big()) } else { Ok(result) }
}

/// `x * y`
pub(crate) fn mul(x: &JsBigInt, y: &JsBigInt) -> JsResult<JsBigInt> {
    let (x_bits, y_bits) = (x.as_inner().bits(), y.as_inner().bits());
    if x_bits + y_bits < WHOLE_BITS {
        return Ok(JsBigInt::new(x.as_inner() * y.as_inner()));
    }
    if x_bits + y_bits > BITS_MAX + 1 {
        return Err(too_big());
    }
    let product = product(x.as_inner(), y.as_inner())?;
    sum(JsBigInt::new(product))
}

/// Karatsuba's way down to pieces that take less than a millisecond.
fn product(x: &BigInt, y: &BigInt) -> JsResult<BigInt> {
    let (long, short) = if x.bits() >= y.bits() { (x, y) } else { (y, x) };
    if short.bits() == 0 {
        return Ok(BigInt::from(0));
    }
    if long.bits() < WHOLE_BITS {
        limits::charge((long.bits() / 64) * (short.bits() / 64) / 64 + 1)?;
        return Ok(x * y);
    }
    limits::reserve(long.bits() / 8)?;
    let half = long.bits().div_ceil(2).next_multiple_of(64);
    let (long_high, long_low) = split(long, half);
    if short.bits() <= half {
        return Ok((product(&long_high, short)? << half) + product(&long_low, short)?);
    }
    let (short_high, short_low) = split(short, half);
    let high = product(&long_high, &short_high)?;
    let low = product(&long_low, &short_low)?;
    let middle = product(&(&long_high + &long_low), &(&short_high + &short_low))? - &high - &low;
    Ok((high << (2 * half)) + (middle << half) + low)
}

impl JsBigInt {
    /// `x + y`
    pub(crate) fn add_checked(x: &Self, y: &Self) -> JsResult<Self> {
        linear(x, y)?;
        sum(Self::add(x, y))
    }

    /// `x - y`
    pub(crate) fn sub_checked(x: &Self, y: &Self) -> JsResult<Self> {
        linear(x, y)?;
        sum(Self::sub(x, y))
    }

    /// `x * y`
    pub(crate) fn mul_checked(x: &Self, y: &Self) -> JsResult<Self> {
        mul(x, y)
    }

    /// `x / y`
    pub(crate) fn div_checked(x: &Self, y: &Self) -> JsResult<Self> {
        division(x, y)?;
        Ok(Self::div(x, y))
    }

    /// `x % y`
    pub(crate) fn rem_checked(x: &Self, y: &Self) -> JsResult<Self> {
        division(x, y)?;
        Ok(Self::rem(x, y))
    }

    /// `x & y`
    pub(crate) fn bitand_checked(x: &Self, y: &Self) -> JsResult<Self> {
        linear(x, y)?;
        Ok(Self::bitand(x, y))
    }

    /// `x | y`
    pub(crate) fn bitor_checked(x: &Self, y: &Self) -> JsResult<Self> {
        linear(x, y)?;
        Ok(Self::bitor(x, y))
    }

    /// `x ^ y`
    pub(crate) fn bitxor_checked(x: &Self, y: &Self) -> JsResult<Self> {
        linear(x, y)?;
        Ok(Self::bitxor(x, y))
    }
}

/// What stands above `bits` of the magnitude and what stands below, both with the number's sign.
fn split(number: &BigInt, bits: u64) -> (BigInt, BigInt) {
    let sign = number.sign();
    let digits = number.magnitude();
    let high = digits >> bits;
    let low = digits - (&high << bits);
    let signed = |digits| BigInt::from_biguint(if sign == Sign::Minus { Sign::Minus } else { Sign::Plus }, digits);
    (signed(high), signed(low))
}

/// Division, remainder and the like: schoolbook work, of which the time is estimated.
pub(crate) fn division(x: &JsBigInt, y: &JsBigInt) -> JsResult<()> {
    let (x_limbs, y_limbs) = (x.as_inner().bits() / 64, y.as_inner().bits() / 64);
    if x_limbs < LIMBS_SHORT {
        return Ok(());
    }
    limits::charge_ns(x_limbs.saturating_sub(y_limbs).saturating_add(1).saturating_mul(y_limbs + 1))
}

/// Shorter numbers cost less than the instruction.
const LIMBS_SHORT: u64 = 64;

/// Writing a number in another radix than a power of two; reading one costs as much.
pub(crate) fn digits(bits: u64) -> JsResult<()> {
    let limbs = bits / 64;
    if limbs < LIMBS_SHORT { Ok(()) } else { limits::charge_ns(limbs.saturating_mul(limbs) / 4) }
}

/// `x ** y`
pub(crate) fn pow(x: &JsBigInt, y: &JsBigInt) -> JsResult<JsBigInt> {
    if y.as_inner().sign() == Sign::Minus {
        return Err(JsNativeError::range().with_message("Exponent must be positive").into());
    }
    let base = x.as_inner();
    if base.magnitude().bits() <= 1 {
        // 0, 1 and -1 have powers of any exponent.
        let is_odd = y.as_inner().bit(0);
        let is_zero_power = y.as_inner().sign() == Sign::NoSign;
        return Ok(match (is_zero_power, base.sign(), is_odd) {
            (true, ..) | (false, Sign::Minus, false) => JsBigInt::one(),
            _ => x.clone(),
        });
    }
    let exponent = u64::try_from(y.as_inner()).ok().filter(|exponent| *exponent <= BITS_MAX).ok_or_else(too_big)?;
    if (base.bits() - 1).saturating_mul(exponent) > BITS_MAX {
        return Err(too_big());
    }
    if base.bits().saturating_mul(exponent) < WHOLE_BITS {
        return Ok(JsBigInt::new(base.pow(exponent as u32)));
    }
    if base.magnitude().count_ones() == 1 {
        let zeros = base.magnitude().trailing_zeros().unwrap_or(0).saturating_mul(exponent);
        room(zeros + 1)?;
        let power = BigInt::from(1) << zeros;
        return Ok(JsBigInt::new(if base.sign() == Sign::Minus && exponent % 2 == 1 { -power } else { power }));
    }
    let mut power = base.clone();
    for bit in (0..exponent.ilog2()).rev() {
        room(2 * power.bits())?;
        power = product(&power, &power)?;
        if exponent >> bit & 1 == 1 {
            room(power.bits() + base.bits() - 1)?;
            power = product(&power, base)?;
        }
    }
    sum(JsBigInt::new(power))
}

/// `x << count`, or `x >> -count`
pub(crate) fn shifted(x: &JsBigInt, count: &JsBigInt, left: bool) -> JsResult<JsBigInt> {
    let grows = (count.as_inner().sign() == Sign::Minus) != left;
    let count = u64::try_from(count.as_inner().magnitude()).unwrap_or(u64::MAX);
    let number = x.as_inner();
    if number.sign() == Sign::NoSign || count == 0 {
        return Ok(x.clone());
    }
    if grows {
        room(number.bits().saturating_add(count))?;
        return Ok(JsBigInt::new(number << count));
    }
    if count >= number.bits() {
        return Ok(if number.sign() == Sign::Minus { JsBigInt::new(-1) } else { JsBigInt::zero() });
    }
    linear(x, x)?;
    Ok(JsBigInt::new(number >> count))
}

/// The number modulo `2 ** bits`.
pub(crate) fn as_uint(bits: u64, x: &JsBigInt) -> JsResult<JsBigInt> {
    let number = x.as_inner();
    if number.sign() != Sign::Minus && number.bits() <= bits {
        return Ok(x.clone());
    }
    if bits == 0 {
        return Ok(JsBigInt::zero());
    }
    // A negative number becomes one of as many bits as are asked for.
    room(if number.sign() == Sign::Minus { bits } else { 0 })?;
    linear(x, x)?;
    let (_, low) = split(number, bits);
    Ok(JsBigInt::new(if low.sign() == Sign::Minus { (BigInt::from(1) << bits) + low } else { low }))
}

/// The number modulo `2 ** bits`, from `-(2 ** (bits - 1))` on.
pub(crate) fn as_int(bits: u64, x: &JsBigInt) -> JsResult<JsBigInt> {
    let number = x.as_inner();
    if number.bits() < bits {
        return Ok(x.clone());
    }
    if bits == 0 {
        return Ok(JsBigInt::zero());
    }
    room(bits)?;
    let modulo = as_uint(bits, x)?;
    if modulo.as_inner().bit(bits - 1) {
        return Ok(JsBigInt::new(modulo.as_inner() - (BigInt::from(1) << bits)));
    }
    Ok(modulo)
}
