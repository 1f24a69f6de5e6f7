//! What a broker says of a message by its reason code (MQTT 5 §3.4.2.1).

/// Codes below this one are successes: 16 says that nobody has subscribed.
const FIRST_FAILURE: u8 = 0x80;

/// Why a message was refused, in the words of the standard and with its code. `None` when it was taken.
pub fn refusal_of(code: u8) -> Option<String> {
    let words = match code {
        ..FIRST_FAILURE => return None,
        128 => "unspecified error",
        131 => "implementation specific error",
        135 => "not authorized",
        144 => "topic name invalid",
        145 => "packet identifier in use",
        151 => "quota exceeded",
        153 => "payload format invalid",
        _ => "another reason",
    };
    Some(format!("{words} ({code})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_nobody_has_subscribed_to_is_taken_all_the_same() {
        assert_eq!(refusal_of(0), None);
        assert_eq!(refusal_of(16), None);
    }

    #[test]
    fn a_refusal_is_told_with_its_code() {
        assert_eq!(refusal_of(135).as_deref(), Some("not authorized (135)"));
        assert_eq!(refusal_of(200).as_deref(), Some("another reason (200)"));
    }
}
