//! Words of the command line, and what is understood by them.

use super::*;
use crate::app::catalog::RunWish;

fn words(line: &str) -> Result<Invocation, Parting> {
    read(line.split(' ').map(OsString::from))
}

#[test]
fn a_policy_that_is_none_is_named() {
    let parting = words("nuee get x.torrent --via carrier-pigeon --lang en").expect_err("no such policy");
    assert_eq!((parting.code, parting.text.contains("carrier-pigeon")), (2, true));
}

#[test]
fn complaints_and_help_speak_the_language_that_was_asked_for() {
    let french = words("nuee get --lang fr").expect_err("no target");
    assert!(french.text.contains("manque"), "{}", french.text);
    let help = words("nuee get --help --lang=fr").expect_err("help ends it");
    assert_eq!(help.code, 0);
    assert!(help.text.contains("Échéances"), "{}", help.text);
}

#[test]
fn giving_for_a_time_and_giving_nothing_contradict_each_other() {
    assert!(words("nuee get x --no-seed --seed-for 1h").is_err());
}

#[test]
fn without_words_there_is_the_window() {
    assert!(matches!(words("nuee").map(|i| i.task), Ok(Task::Window(targets)) if targets.is_empty()));
    let handed = words("nuee magnet:?xt=x file:///a.torrent").map(|i| i.task);
    assert!(matches!(handed, Ok(Task::Window(targets)) if targets.len() == 2));
    assert!(words("nuee frobnicate").is_err());
}

#[test]
fn entries_of_catalogues_are_got_by_run_and_shown_by_their_ids() {
    let Ok(Task::Get(request)) =
        words("nuee get meteo-france/arome-0.01/SP1 --run latest-complete").map(|i| i.task)
    else {
        panic!("a wish")
    };
    assert_eq!(request.run, Some(RunWish::LatestComplete));
    assert!(words("nuee get x/y --run yesterday").is_err());
    let invocation = words("nuee catalog runs demo/arome-0.01 --count 3 --providers p --json --allow-local")
        .expect("words");
    assert!(matches!(invocation.task, Task::Catalog(CatalogTask::Runs { .. })));
    assert_eq!((invocation.format, invocation.limits.local), (Format::Json, Local::Allowed));
    assert_eq!(invocation.limits.providers, Some(PathBuf::from("p")));
    assert!(words("nuee catalog show https://a.example/x").is_err());
}
