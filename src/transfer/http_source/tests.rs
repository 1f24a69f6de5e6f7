//! How faults of one file, of a whole source and of wrong data are told apart.

use super::standing::MOST_REFUSED_PIECES;
use super::*;
use crate::domain::source::SourceKind;

#[test]
fn a_source_that_has_a_part_is_asked_again_when_nobody_else_is_left_but_not_without_end() {
    let mut source = source();
    refuse(&mut source, 0..4);
    source.on_unit(0);
    (0..9).for_each(|piece| refuse(&mut source, piece..piece + 1));
    assert_eq!(source.manner(0, at_secs(0)), None);
    assert!(source.take_back(0, 1));
    assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
    let is_returned = |piece: &u32| {
        refuse(&mut source, *piece..*piece + 1);
        source.manner(0, at_secs(0)).is_none() && source.take_back(0, 1)
    };
    let returns = (9..2_000).filter(is_returned).count();
    assert!(returns < 40, "asked again {returns} times");
}

fn refuse(source: &mut HttpSource, pieces: Range<u32>) {
    source.on_part_refused(0, pieces, Reason::Status(404));
}

#[test]
fn a_server_that_dies_has_its_reason_at_once_and_none_when_it_gives_again() {
    let mut source = source();
    source.on_fault(0, Reason::ConnectionRefused, 0.5, at_secs(0));
    assert_eq!(source.troubles(), [Reason::ConnectionRefused]);
    source.on_answer();
    assert_eq!(source.troubles(), []);
}

#[test]
fn a_source_that_refuses_a_part_is_asked_for_single_pieces_until_it_refuses_too_many() {
    let mut source = source();
    refuse(&mut source, 0..4);
    assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
    assert!(!source.lacks(0, 0), "nobody knows which of the four it lacks");
    refuse(&mut source, 1..2);
    assert!(source.lacks(0, 1));
    source.on_unit(0);
    let is_open = |piece: &u32| {
        refuse(&mut source, *piece..*piece + 1);
        source.manner(0, at_secs(0)).is_some()
    };
    assert_eq!((2..100).take_while(is_open).count(), MOST_REFUSED_PIECES as usize);
}

fn at_secs(secs: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(secs))
}

fn source() -> HttpSource {
    let id = SourceId { kind: SourceKind::WebSeed, number: 0 };
    HttpSource::new(HttpSourceBrief {
        id,
        host: "h:80".to_owned(),
        files: FilesOffered::All,
        parts: PartsHope::Possible,
        retry: RetryPolicy::default(),
    })
}

#[test]
fn a_missing_file_does_not_condemn_the_others() {
    let mut source = source();
    source.on_fault(3, Reason::Status(404), 0.5, at_secs(0));
    assert_eq!(source.manner(3, at_secs(99)), None);
    assert_eq!(source.manner(4, at_secs(0)), Some(Manner::Ranges));
    assert_eq!(source.trouble(3), Some(Reason::Status(404)));
}

#[test]
fn a_source_that_has_none_of_the_files_is_not_asked_for_all_of_them() {
    let mut source = source();
    for file in 0..8 {
        source.on_fault(file, Reason::Status(404), 0.5, at_secs(0));
    }
    assert!(!source.is_hopeful(100, at_secs(0)));
}

#[test]
fn a_dead_machine_is_tried_five_times_with_growing_pauses() {
    let mut source = source();
    for (second, pause) in [(0, 500), (1, 1_000), (3, 2_000), (6, 4_000)] {
        let pause = Some(Duration::from_millis(pause));
        assert_eq!(source.on_fault(7, Reason::ConnectionRefused, 0.5, at_secs(second)), pause);
        assert_eq!(source.manner(0, at_secs(second)), None);
        assert!(source.is_hopeful(0, at_secs(second)));
    }
    assert_eq!(source.manner(0, at_secs(10)), Some(Manner::Ranges));
    assert_eq!(source.on_fault(7, Reason::ConnectionRefused, 0.5, at_secs(10)), None);
    assert!(!source.is_hopeful(0, at_secs(10)));
}

#[test]
fn a_part_that_does_not_say_which_leads_to_the_whole_file_once() {
    let mut source = source();
    source.on_fault(0, Reason::RangeIgnored, 0.5, at_secs(0));
    assert_eq!(source.manner(0, at_secs(0)), Some(Manner::WholeFile));
    source.on_fault(0, Reason::RangeIgnored, 0.5, at_secs(0));
    assert_eq!(source.manner(0, at_secs(0)), None);
}

#[test]
fn progress_forgives_earlier_failures() {
    let mut source = source();
    for second in 0..20 {
        source.on_fault(0, Reason::Closed, 0.5, at_secs(second));
        source.on_unit(0);
    }
    assert!(source.is_hopeful(0, at_secs(20)));
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    let mut source = source();
    let busy = |secs| Reason::Busy { status: 503, wait: Some(Duration::from_secs(secs)) };
    source.on_fault(0, busy(10), 0.5, at_secs(0));
    assert_eq!(
        source.manner(0, at_secs(10)),
        None,
        "and a little longer than all others that were told the same"
    );
    assert_eq!(source.manner(0, at_secs(11)), Some(Manner::Ranges));
    source.on_fault(0, busy(3_600), 0.5, at_secs(11));
    assert!(!source.is_hopeful(0, at_secs(10)), "an hour is not waited for in silence");
}

#[test]
fn wrong_data_sets_a_source_aside_while_others_can_give() {
    let mut source = source();
    source.on_wrong_piece(0, 5, OthersCanGive::Yes, 16);
    assert_eq!(source.manner(0, at_secs(0)), None);
    assert_eq!(source.trouble(0), Some(Reason::WrongData { pieces: vec![5] }));
    assert!(source.take_back(0, 16));
    assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
}

#[test]
fn the_last_source_is_asked_piece_by_piece_until_sixteen_were_wrong() {
    let mut source = source();
    for piece in 0..15 {
        source.on_wrong_piece(0, piece, OthersCanGive::No, 100);
        assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
    }
    source.on_wrong_piece(0, 15, OthersCanGive::No, 100);
    assert_eq!(source.manner(0, at_secs(0)), None);
    assert!(!source.take_back(0, 100));
}

#[test]
fn a_small_content_allows_fewer_wrong_pieces() {
    let mut source = source();
    source.on_wrong_piece(0, 0, OthersCanGive::No, 2);
    source.on_wrong_piece(0, 1, OthersCanGive::No, 2);
    assert_eq!(source.manner(0, at_secs(0)), None);
}
