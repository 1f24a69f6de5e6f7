//! Words of the command line, and what is understood by them.

use super::*;
use crate::app::catalog::asked::RunWish;

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

#[test]
fn every_command_that_asks_servers_takes_a_number_of_retries() {
    for line in [
        "nuee get x --retries 2",
        "nuee index x --retries 2",
        "nuee inspect x --retries 2",
        "nuee listen mqtt://h --topic a/# --retries 2",
        "nuee catalog runs x/y --retries 2",
        "nuee catalog notices x --retries 2",
        "nuee catalog search wind --retries 2",
        "nuee follow run --retries 2",
    ] {
        assert_eq!(words(line).expect(line).limits.retries, Some(2), "{line}");
        assert!(words(&line.replace("retries 2", "retries 21")).is_err(), "{line}");
    }
}

#[test]
fn an_error_names_the_accepted_forms_and_where_to_read_on() {
    let wrong = words("nuee get x --lead 6h30x --lang en").expect_err("no lead time");
    assert!(wrong.text.contains("6..9, 0..24/3, 15min"), "{}", wrong.text);
    assert!(wrong.text.contains("nuee get --help"), "{}", wrong.text);
    let french = words("nuee listen mqtt://h --topic a/#/b --lang fr").expect_err("no filter");
    assert!(french.text.contains("Formes acceptées"), "{}", french.text);
}

#[test]
fn a_mistyped_command_option_or_value_is_recognised() {
    for (line, meant) in [
        ("nuee gett x --lang en", "Did you mean get?"),
        ("nuee get x --leda 6 --lang en", "Did you mean --lead?"),
        ("nuee get x --via swarm-frist --lang en", "Did you mean swarm-first?"),
        ("nuee catalog lits --lang en", "Did you mean list?"),
        ("nuee help folow --lang en", "Did you mean follow?"),
        ("nuee gett x --lang fr", "Vouliez-vous dire get\u{202F}?"),
    ] {
        let wrong = words(line).expect_err("a mistake");
        assert_eq!(wrong.code, 2);
        assert!(wrong.text.contains(meant), "{line}: {}", wrong.text);
    }
}

#[test]
fn help_is_printed_for_each_command_by_name_or_for_a_command_alone() {
    for (line, holds) in [
        ("nuee help --lang en", "completions"),
        ("nuee help get --lang en", "--lead"),
        ("nuee help follow add --lang fr", "nuee follow add"),
        ("nuee catalog --lang en", "search"),
        ("nuee follow --lang fr", "Commandes"),
    ] {
        let help = words(line).expect_err("help ends it");
        assert_eq!((help.code, help.text.contains(holds)), (0, true), "{line}: {}", help.text);
    }
    assert_eq!(words("nuee get --lang en").expect_err("no target").code, 2);
}

#[test]
fn the_help_of_get_names_defaults_and_the_ids_of_the_catalogue() {
    let help = words("nuee get --help --lang en").expect_err("help").text;
    for word in ["noaa/gfs-0.25", "meteo-france/arome-0.01", "swarm-first (default)", "--print-paths"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

#[test]
fn every_command_has_completions_in_each_shell_and_a_manual_page() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = words(&format!("nuee completions {shell}")).expect_err("printed").text;
        for word in ["follow", "print-paths", "swarm-only"] {
            assert!(script.contains(word), "{shell} completes {word}");
        }
    }
    let pages = ["get", "listen", "index", "inspect", "verify", "publish", "catalog", "follow", "demo"];
    for page in pages {
        let manual = words(&format!("nuee completions man {page} --lang fr")).expect_err("printed").text;
        assert!(manual.contains(&format!(".TH nuee-{page} 1")), "{manual}");
    }
    let manual = words("nuee completions man").expect_err("printed").text;
    assert!(manual.contains(".TH nuee 1") && manual.contains("nuee\\-get(1)"), "{manual}");
    assert_eq!(words("nuee completions tcsh").expect_err("not known").code, 2);
}

#[test]
fn paths_alone_or_json_is_printed_and_not_both() {
    let paths = words("nuee get x --print-paths").expect("a wish");
    assert_eq!(paths.format, Format::Paths);
    let both = words("nuee get x --print-paths --json --lang en").expect_err("a contradiction");
    assert!(both.text.contains("--json"), "{}", both.text);
}

#[test]
fn every_command_that_receives_from_peers_takes_the_ways_to_find_them() {
    for line in [
        "nuee get x --dht-node h:1 --local-peers --open-port",
        "nuee listen mqtt://h --topic a/# --download --dht-node h:1 --local-peers --open-port",
        "nuee follow run --dht-node h:1 --local-peers --open-port",
        "nuee publish x --serve --bind 127.0.0.1:0 --dht-node h:1 --local-peers --open-port",
    ] {
        let discovery = words(line).expect(line).limits.discovery;
        assert!(discovery.uses_dht && discovery.uses_local_network && discovery.opens_port, "{line}");
        assert_eq!(discovery.dht_nodes, ["h:1"], "{line}");
    }
    assert!(
        words("nuee listen mqtt://h --topic a/# --dht").is_err(),
        "nothing is received without --download"
    );
}

#[test]
fn a_node_of_a_mesh_has_usual_topics_a_usual_place_to_serve_and_one_broker_to_announce_to() {
    let usual =
        "nuee mesh run --from mqtt://u:p@a --from mqtt://u:p@a --from mqtt://b --to mqtt://c --base-url";
    let node =
        |more: &str| match words(&format!("{usual} {more} --lang en")).map(|invocation| invocation.task) {
            Ok(Task::MeshRun(request)) => Ok(*request),
            Ok(task) => panic!("{task:?}"),
            Err(parting) => Err(parting),
        };
    let request = node("http://node.example:8000/data/").expect("words");
    assert_eq!((request.listen.brokers.len(), request.to.host.as_str()), (2, "c"));
    assert_eq!(
        (request.bind.as_str(), request.listen.filters[0].to_string()),
        ("0.0.0.0:8000", "xpublic/v03/#".into())
    );
    let terms = request.listen.forward.expect("terms");
    assert_eq!((terms.base.as_str(), terms.topic.root()), ("http://node.example:8000/data", "xpublic/v03"));
    assert!(request.listen.rules.is_empty(), "everything is taken");
    let narrowed =
        node("http://h --bind 127.0.0.1:0 --accept SACN --topic a/# --topic b/# --max-age 30min --keep 1d");
    let narrowed = narrowed.expect("words");
    assert_eq!((narrowed.bind.as_str(), narrowed.listen.rules.len()), ("127.0.0.1:0", 2));
    assert_eq!(narrowed.listen.forward.map(|terms| terms.longest_age.as_secs()), Some(1_800));
    for wrong in [
        "ftp://h",
        "http://u:secret@h/",
        "http://h --accept (",
        "http://h --form wis2",
        "http://h --to-topic a/#",
        "http://h --max-age soon",
        "http://h --topic a#b",
    ] {
        let parting = node(wrong).expect_err(wrong);
        assert!(parting.code == 2 && !parting.text.contains("secret"), "{}", parting.text);
    }
}
