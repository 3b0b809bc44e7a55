//! Numbers as text where Rust's way is not the language's.

/// `n` with `precision` digits behind the point; of two that are as near, the larger one.
pub(crate) fn exponential(n: f64, precision: usize) -> String {
    let nearest = format!("{n:.precision$e}");
    // Only a number that ends in a 5 behind the last digit lies in the middle, and few digits can hold such a number.
    if precision > DIGITS_MAX {
        return nearest;
    }
    let exact = format!("{n:.DIGITS_MAX$e}");
    let (digits, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let point = digits.find('.').map_or(digits.len(), |point| point + 1);
    let mut rest = digits.bytes().skip(point + precision);
    let is_middle = rest.next() == Some(b'5') && rest.all(|digit| digit == b'0');
    if !is_middle {
        return nearest;
    }
    // A little more of the same magnitude is nearer to the larger one.
    let kept: String = digits.chars().take(point + precision).collect();
    let above = format!("{kept}6e{exponent}").parse::<f64>().unwrap_or(n);
    format!("{above:.precision$e}")
}

/// A double that is exactly in the middle of two shorter ones has fewer digits.
const DIGITS_MAX: usize = 60;
