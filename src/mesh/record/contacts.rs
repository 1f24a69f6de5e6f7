//! Who answers for a record: each contact, value by value.
//!
//! In: the JSON of `properties.contacts`. Out: a finding for each value that cannot be, and for each role outside the list.

use super::{Findings, is_list_with, is_text, is_texts};
use crate::mesh::json::Json;

/// What a contact may say; the schema closes it.
const MEMBERS: [&str; 12] = [
    "identifier",
    "name",
    "position",
    "organization",
    "logo",
    "phones",
    "emails",
    "addresses",
    "links",
    "hoursOfService",
    "contactInstructions",
    "roles",
];

/// Those of them that are text.
const TEXTS: [(&str, &str); 5] = [
    ("identifier", "properties.contacts.identifier"),
    ("name", "properties.contacts.name"),
    ("position", "properties.contacts.position"),
    ("hoursOfService", "properties.contacts.hoursOfService"),
    ("contactInstructions", "properties.contacts.contactInstructions"),
];

/// The roles that WMO lists.
const ROLES: [&str; 4] = ["licensor", "producer", "processor", "host"];

/// At least one contact, each with its organization.
pub(super) fn contacts(contacts: Option<&Json<'_>>, findings: &mut Findings) {
    for contact in findings.need_list(contacts, "properties.contacts") {
        findings.need_text(contact, "organization", "properties.contacts.organization");
        for (key, _) in contact.entries() {
            if !MEMBERS.contains(key) {
                findings.wrong("properties.contacts (property)", key);
            }
        }
        for (key, field) in TEXTS {
            findings.may_text(contact, key, field);
        }
        findings.may(contact, ("logo", "properties.contacts.logo"), |logo| is_text(logo.at("href")));
        findings.may(contact, ("links", "properties.contacts.links"), |links| {
            is_list_with(links, "href") && is_list_with(links, "type")
        });
        findings.may(contact, ("addresses", "properties.contacts.addresses"), is_addresses);
        roles(contact, findings);
        for (key, field, is_sound) in [
            ("phones", "properties.contacts.phones", is_number as fn(&str) -> bool),
            ("emails", "properties.contacts.emails", is_address),
        ] {
            reachable(contact.find(key), (field, is_sound), findings);
        }
    }
}

/// The roles are optional; where there are any, each is one of the list.
fn roles(contact: &Json<'_>, findings: &mut Findings) {
    let field = "properties.contacts.roles";
    let Some(roles) = contact.find("roles") else { return };
    for role in findings.need_list(Some(roles), field) {
        match role.text() {
            Some(role) => findings.listed(field, role, &ROLES),
            None => findings.wrong(field, ""),
        }
    }
}

/// A list of ways to reach somebody, each with its `value`.
fn reachable(
    list: Option<&Json<'_>>,
    (field, is_sound): (&'static str, fn(&str) -> bool),
    findings: &mut Findings,
) {
    match list {
        None => {}
        Some(Json::List(ways)) => {
            for way in *ways {
                match way.at("value").text() {
                    Some(value) if is_sound(value) => {}
                    value => findings.wrong(field, value.unwrap_or_default()),
                }
            }
        }
        Some(_) => findings.wrong(field, ""),
    }
}

/// Postal addresses: every line is text, or a list of texts.
fn is_addresses(json: &Json<'_>) -> bool {
    let is_line = |(_, line): &(&str, Json<'_>)| is_text(line) || is_texts(line);
    matches!(json, Json::List(all) if all.iter().all(|one| one.is_object() && one.entries().iter().all(is_line)))
}

/// A telephone number as the schema writes it: `+`, then 4 to 15 digits of which the first is not 0.
fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (4..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
    })
}
