//! Numbers as text.

/// A number with a comma before every three digits.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A PSNR in dB.
pub(super) fn decibels(psnr: f64) -> String {
    if psnr == f64::INFINITY {
        "lossless".to_owned()
    } else {
        format!("{psnr:.2}")
    }
}

/// A time in its two largest units.
pub(super) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    match (hours, minutes) {
        (0, 0) if seconds < 10.0 => format!("{:.1} s", seconds.max(0.0)),
        (0, 0) => format!("{whole} s"),
        (0, _) => format!("{minutes} min {} s", whole % 60),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(
            [7, 1000, 1_234_567].map(thousands),
            ["7", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn times_have_two_units() {
        assert_eq!(
            [4.26, 59.6, 205.0, 7_384.0].map(duration),
            ["4.3 s", "1 min 0 s", "3 min 25 s", "2 h 3 min"]
        );
    }
}
