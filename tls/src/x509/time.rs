//! Times in certificates.

/// Reads UTCTime or GeneralizedTime, in UTC as certificates have them: seconds since 1970. Seconds may be left out.
pub fn parse((tag, value): (u8, &[u8])) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, len: usize| text.get(from..from + len)?.parse::<i64>().ok();
    let (year, rest) = match tag {
        // Two digits: 1950 to 2049 (RFC 5280 section 4.1.2.5.1).
        0x17 => {
            let year = number(0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        0x18 => (number(0, 4)?, 4),
        _ => return None,
    };
    let (month, day, hour, minute) = (number(rest, 2)?, number(rest + 2, 2)?, number(rest + 4, 2)?, number(rest + 6, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let second = number(rest + 8, 2).unwrap_or(0);
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// As OpenSSL prints it: `Nov 16 18:42:21 2018 GMT`.
pub fn shown(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let month = MONTHS[(month - 1) as usize];
    format!("{month} {day:>2} {:02}:{:02}:{:02} {year} GMT", rest / 3600, rest / 60 % 60, rest % 60)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Days since 1970 of a date of the Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        assert_eq!(parse((0x17, b"181116184221Z")), Some(1_542_393_741));
        assert_eq!(parse((0x18, b"22920830184221Z")).map(shown).as_deref(), Some("Aug 30 18:42:21 2292 GMT"));
        assert_eq!(shown(0), "Jan  1 00:00:00 1970 GMT");
        assert_eq!(parse((0x17, b"500101000000Z")).map(shown).as_deref(), Some("Jan  1 00:00:00 1950 GMT"));
    }
}
