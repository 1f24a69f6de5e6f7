//! A choice of members of an ensemble as people write it: `3`, `1..5`, `control`, `mean`.

use crate::domain::field::{Field, MemberRole};

/// Some members that are wanted, or what was derived of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChoice {
    /// Members of these numbers, both ends included; the control is number 0.
    Numbered(i32, i32),
    /// The control, the mean or the spread.
    Role(MemberRole),
}

impl MemberChoice {
    /// As [`parse`](Self::parse) reads it.
    pub(super) fn to_words(self) -> String {
        match self {
            Self::Numbered(first, last) if first == last => first.to_string(),
            Self::Numbered(first, last) => format!("{first}..{last}"),
            Self::Role(role) => role.key().to_owned(),
        }
    }

    /// Each member that is wanted, one by one; a long span as a whole.
    pub(super) fn wished(self) -> Vec<Self> {
        /// Ensembles are smaller.
        const MOST_LISTED: i32 = 200;
        match self {
            Self::Numbered(first, last) if last - first < MOST_LISTED => {
                (first..=last).map(|number| Self::Numbered(number, number)).collect()
            }
            whole => vec![whole],
        }
    }

    /// As it stands in messages and names of files: `member3`, `members1-5`, `control`.
    pub fn shown(self) -> String {
        match self {
            Self::Numbered(first, last) if first == last => format!("member{first}"),
            Self::Numbered(first, last) => format!("members{first}-{last}"),
            Self::Role(role) => role.key().to_owned(),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        Some(match lower.as_str() {
            "control" | "ctl" | "cf" | "contrôle" | "controle" => Self::Role(MemberRole::Control),
            "mean" | "em" | "moyenne" => Self::Role(MemberRole::Mean),
            "spread" | "es" | "dispersion" => Self::Role(MemberRole::Spread),
            words => {
                let number =
                    |text: &str| text.parse::<i32>().ok().filter(|number| (0..=9_999).contains(number));
                let (first, last) = match words.split_once("..") {
                    Some((first, last)) => (number(first)?, number(last)?),
                    None => (number(words)?, number(words)?),
                };
                if first > last {
                    return None;
                }
                Self::Numbered(first, last)
            }
        })
    }

    /// The words by which the member that `field` is of is chosen. `None` when it is of none that could be.
    pub fn words_of(field: &Field) -> Option<String> {
        match (field.role, field.member) {
            (Some(role @ (MemberRole::Control | MemberRole::Mean | MemberRole::Spread)), _) => {
                Some(Self::Role(role).to_words())
            }
            (Some(MemberRole::Perturbed) | None, Some(number)) => {
                Some(Self::Numbered(number, number).to_words())
            }
            (Some(MemberRole::Perturbed | MemberRole::Derived) | None, _) => None,
        }
    }

    /// Whether any of `choices` means the field; without a choice every field is meant. `None` when the field does not tell.
    pub(super) fn any(choices: &[Self], field: &Field) -> Option<bool> {
        if choices.is_empty() {
            return Some(true);
        }
        let judged: Vec<Option<bool>> = choices.iter().map(|choice| choice.contains(field)).collect();
        if judged.contains(&Some(true)) {
            Some(true)
        } else {
            judged.iter().all(Option::is_some).then_some(false)
        }
    }

    /// Whether a field is of these. `None` when it is not told.
    pub(super) fn contains(self, field: &Field) -> Option<bool> {
        match (self, field.role, field.member) {
            (Self::Role(wanted), Some(role), _) => Some(wanted == role),
            // A number that counts nothing but members says nothing of the control.
            (Self::Role(_), None, _) => None,
            (Self::Numbered(..), Some(MemberRole::Mean | MemberRole::Spread | MemberRole::Derived), _) => {
                Some(false)
            }
            (Self::Numbered(first, last), _, Some(number)) => Some((first..=last).contains(&number)),
            (Self::Numbered(..), _, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteRange;

    fn a_field(member: Option<i32>, role: Option<MemberRole>) -> Field {
        let range = ByteRange::new(0, 1).expect("not empty");
        Field { member, role, ..Field::at(1, range) }
    }

    #[test]
    fn members_are_read_as_people_write_them() {
        for (text, words) in [
            ("3", "3"),
            ("1..5", "1..5"),
            ("Control", "control"),
            ("cf", "control"),
            ("moyenne", "mean"),
            ("spread", "spread"),
        ] {
            assert_eq!(MemberChoice::parse(text).map(MemberChoice::to_words).as_deref(), Some(words));
        }
        for text in ["", "5..1", "-1", "1..", "all", "1-5"] {
            assert_eq!(MemberChoice::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_member_is_meant_by_its_number_and_the_control_by_its_word_too() {
        let (third, control) =
            (a_field(Some(3), Some(MemberRole::Perturbed)), a_field(Some(0), Some(MemberRole::Control)));
        let meant = |text: &str, field: &Field| MemberChoice::parse(text).and_then(|one| one.contains(field));
        assert_eq!((meant("1..5", &third), meant("4", &third)), (Some(true), Some(false)));
        assert_eq!((meant("0", &control), meant("control", &control)), (Some(true), Some(true)));
        assert_eq!((meant("control", &third), meant("mean", &third)), (Some(false), Some(false)));
    }

    #[test]
    fn each_member_is_chosen_again_by_the_words_that_it_has() {
        for (member, role, words) in [
            (Some(3), Some(MemberRole::Perturbed), Some("3")),
            (Some(0), Some(MemberRole::Control), Some("control")),
            (None, Some(MemberRole::Spread), Some("spread")),
            (Some(4), None, Some("4")),
            (Some(4), Some(MemberRole::Derived), None),
            (None, None, None),
        ] {
            let field = a_field(member, role);
            assert_eq!(MemberChoice::words_of(&field).as_deref(), words);
            let is_meant = words.and_then(MemberChoice::parse).and_then(|choice| choice.contains(&field));
            assert_eq!(is_meant, words.map(|_| true));
        }
    }

    #[test]
    fn the_mean_of_an_ensemble_is_none_of_its_members() {
        let mean = a_field(None, Some(MemberRole::Mean));
        let meant = |text: &str, field: &Field| MemberChoice::parse(text).and_then(|one| one.contains(field));
        assert_eq!((meant("mean", &mean), meant("0..50", &mean)), (Some(true), Some(false)));
        assert_eq!(meant("1", &a_field(None, None)), None, "it is not told");
    }
}
