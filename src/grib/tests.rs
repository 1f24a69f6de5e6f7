//! What walks, indexes and slices do with sound, odd and mutated input.

use super::index::ProblemCode;
use super::slicing;
use super::walk::{Step, Walk, index_octets};
use super::{sidecar, structure};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::Selection;

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 5) as u32;
    [&length.to_be_bytes()[..], &[number], body].concat()
}

/// Section 4 of temperature (or, with an interval, of rain) for a lead time in hours.
fn product(hours: u32, interval_from: Option<u32>) -> Vec<u8> {
    let template: u16 = if interval_from.is_some() { 8 } else { 0 };
    let mut body = vec![0, 0];
    body.extend(template.to_be_bytes());
    body.extend(if interval_from.is_some() { [1, 8] } else { [0, 0] });
    body.extend([2, 0, 0, 0, 0, 0, 1]);
    body.extend(interval_from.unwrap_or(hours).to_be_bytes());
    body.extend([103, 0, 0, 0, 0, 2, 255, 255, 255, 255, 255, 255]);
    if let Some(from) = interval_from {
        body.extend([0x07, 0xEA, 11, 21, hours as u8, 0, 0, 1, 0, 0, 0, 0, 1, 2, 1]);
        body.extend((hours - from).to_be_bytes());
        body.extend([255, 0, 0, 0, 0]);
    }
    section(4, &body)
}

fn message_of(products: &[Vec<u8>]) -> Vec<u8> {
    let run = [0, 85, 0, 0, 2, 0, 1, 0x07, 0xEA, 11, 21, 0, 0, 0, 1, 1];
    let mut body = section(1, &run);
    body.extend(section(3, &[0; 67]));
    for product in products {
        body.extend(product);
        body.extend(section(5, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]));
        body.extend(section(6, &[255]));
        body.extend(section(7, &[7; 300]));
    }
    let total = (16 + body.len() + 4) as u64;
    [b"GRIB\0\0\0\x02", &total.to_be_bytes()[..], &body, b"7777"].concat()
}

/// A sound message: temperature at 2 m, six hours ahead.
pub(in crate::grib) fn a_message() -> Vec<u8> {
    message_of(&[product(6, None)])
}

fn hours(octets: &[u8]) -> Vec<Option<i64>> {
    index_octets(octets).fields.iter().map(|field| field.lead.map(|lead| lead.minutes() / 60)).collect()
}

#[test]
fn a_field_is_listed_with_name_level_run_and_lead_time() {
    let octets = a_message();
    let index = index_octets(&octets);
    let [field] = &index.fields[..] else { panic!("{index:?}") };
    assert_eq!((field.param.as_deref(), field.lead), (Some("2t"), Some(LeadTime::from_hours(6))));
    assert_eq!(field.level.map(|level| level.to_string()).as_deref(), Some("2m"));
    assert_eq!(field.range.count().0, octets.len() as u64);
    assert!(index.problems.is_empty());
}

#[test]
fn the_lead_time_of_a_sum_is_the_end_of_its_interval() {
    let index = index_octets(&message_of(&[product(6, Some(0))]));
    let field = &index.fields[0];
    assert_eq!(field.lead, Some(LeadTime::from_hours(6)));
    assert_eq!(field.interval, Some((LeadTime::from_hours(0), LeadTime::from_hours(6))));
}

#[test]
fn fields_of_one_message_share_its_octets() {
    let octets = message_of(&[product(6, None), product(7, None)]);
    let index = index_octets(&octets);
    assert_eq!(index.fields.iter().map(|f| (f.message, f.field)).collect::<Vec<_>>(), [(1, 1), (1, 2)]);
    assert_eq!(index.fields[0].range, index.fields[1].range);
    let slices = slicing::plan(&index, &Selection::everything().with_leads("7").expect("a lead time"));
    let slices = slices.expect("one field");
    assert_eq!((slices.messages.len(), slices.fields, slices.holds_more), (1, 1, true));
}

#[test]
fn what_stands_between_messages_is_passed_over() {
    let message = a_message();
    let bulletin = b"\x01\r\r\n123\r\r\nYXXX99 KWBC 210000\r\r\n";
    let octets = [&bulletin[..], &message, b"\r\r\n\x03", &[0; 40], &message, b"GRI"].concat();
    assert_eq!(hours(&octets), [Some(6), Some(6)]);
}

#[test]
fn broken_messages_become_problems_and_the_next_one_is_found() {
    let message = a_message();
    let mut no_end = message.clone();
    let length = no_end.len();
    no_end[length - 4..].copy_from_slice(b"7778");
    let mut zero_section = message.clone();
    zero_section[16..20].copy_from_slice(&[0; 4]);
    let mut zero_total = message.clone();
    zero_total[8..16].copy_from_slice(&[0; 8]);
    let mut huge_total = message.clone();
    huge_total[8..16].copy_from_slice(&(1u64 << 40).to_be_bytes());
    for (broken, code) in [
        (no_end, ProblemCode::NoEndSection),
        (zero_section, ProblemCode::BadSection),
        (zero_total, ProblemCode::BadLength),
        (huge_total, ProblemCode::Truncated),
    ] {
        let index = index_octets(&[&broken[..], &message].concat());
        assert_eq!(index.fields.len(), 1, "{code:?}: {index:?}");
        assert_eq!(index.problems[0].code, code);
        assert_eq!(index.fields[0].range.start(), broken.len() as u64, "{code:?}");
    }
}

#[test]
fn a_cut_file_says_so() {
    let message = a_message();
    let index = index_octets(&[&message[..], &message[..200]].concat());
    assert_eq!(index.fields.len(), 1);
    assert_eq!(index.problems[0].code, ProblemCode::Truncated);
}

#[test]
fn chains_side_by_side_find_what_one_walk_finds() {
    let octets: Vec<u8> = (0..40).flat_map(|hour| message_of(&[product(hour, None)])).collect();
    let length = octets.len() as u64;
    let whole = index_octets(&octets);
    let step = length / 4 + 1;
    let chains = (0..4).map(|number| {
        let mut walk = Walk::chain(number * step, ((number + 1) * step).min(length), length);
        while let Step::Read(range) = walk.step() {
            walk.feed(range.start(), &octets[range.start() as usize..range.end() as usize]);
        }
        super::walk::WalkedChain::of(walk)
    });
    let (joined, count, end) = super::walk::join(chains.collect());
    assert_eq!((count, end), (4, length));
    assert_eq!(joined.fields, whole.fields);
}

#[test]
fn our_index_tells_what_the_walk_found_and_proves_each_message() {
    let octets =
        [message_of(&[product(6, None)]), message_of(&[product(7, Some(1)), product(7, None)])].concat();
    let mut index = index_octets(&octets);
    for field in index.fields.clone().iter().filter(|field| field.field == 1) {
        let message = &octets[field.range.start() as usize..field.range.end() as usize];
        index.digests[field.message as usize - 1] = Some(Digest::of(DigestAlgorithm::Sha256, message));
    }
    let text = sidecar::slice_index(&index);
    let read = sidecar::read(text.as_bytes(), Some(octets.len() as u64)).expect("our own index");
    let told = |index: &super::index::GribIndex| {
        index
            .fields
            .iter()
            .map(|f| (f.message, f.field, f.range, f.lead, f.param.clone(), index.digest_of(f).cloned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&read), told(&index));
}

#[test]
fn an_index_of_wgrib2_ends_messages_at_the_next_different_offset() {
    let text = "1:0:d=2025080100:UGRD:10 m above ground:anl:\n\
                2.1:100:d=2025080100:UGRD:850 mb:0-6 hour acc fcst:\n\
                2.2:100:d=2025080100:VGRD:850 mb:7 hour fcst:ENS=+5\n\
                3:250:d=2025080100:var discipline=0 center=7 local_table=1 parmcat=16 parm=201:surface:495 min fcst\n";
    let index = sidecar::read(text.as_bytes(), Some(300)).expect("an index");
    let lengths: Vec<u64> = index.fields.iter().map(|field| field.range.count().0).collect();
    assert_eq!(lengths, [100, 150, 150, 50]);
    let leads: Vec<i64> = index.fields.iter().filter_map(|field| field.lead).map(LeadTime::minutes).collect();
    assert_eq!(leads, [0, 360, 420, 495]);
    assert_eq!(index.fields[0].param.as_deref(), Some("10u"));
    assert_eq!(index.fields[2].member, Some(5));
    let open = sidecar::read(text.as_bytes(), None).expect("an index");
    assert_eq!((open.fields.len(), open.problems[0].code), (3, ProblemCode::OpenEnd));
}

#[test]
fn inventories_of_old_programs_are_read() {
    let text = "1:0:D=2014010100:TMP:2 m above gnd:kpds=11,105,2:12hr fcst:winds are N/S:\"Temp.\"\n\
                2:100:D=2014010100:TMP:2 m above gnd:kpds=11,105,2:anl:winds are N/S:\"Temp.\"\n\
                3:200:d=26010103:TMP:sfc:valid 0-6hr:NAve=0\n\
                4:300:d=2026010100:TMP:2 m above ground:124@6 hour ave(anl),missing=0:\n";
    assert!(sidecar::is_index(text.as_bytes()));
    let index = sidecar::read(text.as_bytes(), Some(400)).expect("an index");
    let told: Vec<_> =
        index.fields.iter().map(|f| (f.param.as_deref(), f.lead.map(LeadTime::minutes))).collect();
    let wanted = [(Some("2t"), Some(720)), (Some("2t"), Some(0)), (Some("t"), Some(360)), (Some("2t"), None)];
    assert_eq!(told, wanted);
    let run = index.fields[2].reference_time.map(|run| run.to_string());
    assert_eq!(run.as_deref(), Some("2026-01-01T03:00:00Z"));
}

#[test]
fn members_are_told_by_indexes_of_both_houses() {
    use crate::domain::field::MemberRole;
    let text = "1:0:d=2025080100:TMP:2 m above ground:6 hour fcst:ENS=low-res ctl\n\
                2:100:d=2025080100:TMP:2 m above ground:6 hour fcst:ENS=-5\n\
                3:200:d=2025080100:TMP:2 m above ground:6 hour fcst:ens mean\n";
    let json = "{\"_offset\": 0, \"_length\": 5, \"param\": \"2t\", \"type\": \"cf\"}\n\
                {\"_offset\": 5, \"_length\": 5, \"param\": \"2t\", \"type\": \"pf\", \"number\": \"5\"}\n\
                {\"_offset\": 10, \"_length\": 5, \"param\": \"2t\", \"type\": \"em\"}\n";
    for text in [text, json] {
        let index = sidecar::read(text.as_bytes(), Some(300)).expect("an index");
        let told: Vec<_> = index.fields.iter().map(|field| (field.member, field.role)).collect();
        let wanted = [
            (Some(0), Some(MemberRole::Control)),
            (Some(5), Some(MemberRole::Perturbed)),
            (None, Some(MemberRole::Mean)),
        ];
        assert_eq!(told, wanted, "{text}");
    }
}

#[test]
fn a_lead_time_in_months_follows_the_calendar() {
    let mut months = product(2, None);
    months[17] = 3;
    let index = index_octets(&message_of(&[months]));
    // Two months from 21 November.
    assert_eq!(index.fields[0].lead, Some(LeadTime::from_hours((30 + 31) * 24)));
}

#[test]
fn an_entry_outside_of_the_file_is_a_problem_and_not_a_range() {
    let text = "{\"_offset\": 18446744073709551615, \"_length\": 5}\n{\"_offset\": 0, \"_length\": 5, \"step\": \"0-24\"}\n{}";
    let index = sidecar::read(text.as_bytes(), Some(5)).expect("one good line");
    assert_eq!(index.fields.len(), 1);
    assert_eq!(index.fields[0].lead, Some(LeadTime::from_hours(24)));
    assert_eq!(index.problems.len(), 2);
}

#[test]
fn when_nothing_is_chosen_it_is_said_what_there_is() {
    let none = Selection::everything().with_leads("99").expect("a lead time");
    let refused = slicing::plan(&index_octets(&a_message()), &none).expect_err("no such hour");
    assert_eq!(refused.available, "6 h; 2t@2m");
}

/// How many mutations are tried; more by `NUEE_MUTATIONS`.
fn mutations() -> usize {
    std::env::var("NUEE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

fn mutate(octets: &mut Vec<u8>, random: &mut fastrand::Rng) {
    for _ in 0..random.usize(1..8) {
        if octets.is_empty() {
            return;
        }
        let at = random.usize(..octets.len());
        match random.u8(..5) {
            0 => octets[at] = random.u8(..),
            1 => octets[at] = *random.choice(&[0, 1, 0x7F, 0x80, 0xFF]).expect("a choice"),
            2 => octets.truncate(at),
            3 => {
                octets.remove(at);
            }
            _ => {
                let piece = octets[at..(at + random.usize(1..40)).min(octets.len())].to_vec();
                octets.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn no_mutated_input_breaks_a_reader() {
    let file = [a_message(), message_of(&[product(7, Some(1)), product(7, None)]), a_message()].concat();
    let index = index_octets(&file);
    let inputs =
        [file, sidecar::slice_index(&index).into_bytes(), sidecar::wgrib2_index(&index).into_bytes()];
    let mut random = fastrand::Rng::with_seed(7);
    for number in 0..mutations() * inputs.len() {
        let mut octets = inputs[number % inputs.len()].clone();
        mutate(&mut octets, &mut random);
        let began = std::time::Instant::now();
        let walked = index_octets(&octets);
        assert!(walked.fields.iter().all(|field| field.range.end() <= octets.len() as u64));
        let mut check = structure::StructureCheck::new();
        check.update(&octets);
        let _ = check.finish();
        if let Ok(read) = sidecar::read(&octets, Some(1_000)) {
            assert!(read.fields.iter().all(|field| field.range.end() <= 1_000));
        }
        assert!(began.elapsed().as_secs_f64() < 1.0, "case {number} is slow");
    }
}

#[test]
fn a_page_of_a_server_behind_a_message_is_no_bulletin() {
    let judged = |behind: &[u8]| {
        let mut check = structure::StructureCheck::new();
        [&a_message()[..], behind].concat().chunks(7).for_each(|octets| check.update(octets));
        check.finish()
    };
    for page in [
        "<html><body>Internal Server Error</body></html>",
        "\r\n<!DOCTYPE html>",
        "<?xml version=\"1.0\"?><Error/>",
    ] {
        let structure::Structure::Broken { detail } = judged(page.as_bytes()) else { panic!("{page}") };
        assert_eq!(detail, "a page of the server stands behind message 1");
        // Where another message follows, it is a heading of somebody's.
        let with_more = [page.as_bytes(), &a_message()].concat();
        assert_eq!(judged(&with_more), structure::Structure::WellFormed { messages: 2 }, "{page}");
    }
    for bulletin in [&b"\r\r\n\x03"[..], b"\0\0\0\0", b"****0000000191****\nHTFL94"] {
        assert_eq!(judged(bulletin), structure::Structure::WellFormed { messages: 1 });
    }
}

#[test]
fn a_file_made_of_false_starts_is_given_up() {
    let octets = b"GRIB\0\0\0\x02\0\0\0\0\0\0\0\x30".repeat(100_000);
    let index = index_octets(&octets);
    assert!(index.fields.is_empty());
    assert_eq!(index.problems.last().map(|problem| problem.code), Some(ProblemCode::GaveUp));
}
