//! The tree counts what came, shows what is in sight, and keeps within its bounds.

use super::pins::Pin;
use super::view::TreeView;
use super::*;
use crate::domain::utc::UtcTime;
use crate::mesh::topic::TopicFilter;
use std::time::Duration;

fn at(seconds: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(seconds))
}

fn message(lag_secs: i64, now: u64) -> Counted {
    Counted {
        octets: 100,
        published_at: UtcMillis::from_unix_millis(1_000_000),
        lag: Some(Lag(lag_secs * 1_000)),
        arrival: Arrival::Live,
        is_invalid: false,
        now: at(now),
    }
}

#[test]
fn a_message_counts_at_its_topic_and_at_every_node_above() {
    let mut tree = TopicTree::new(TreeLimits::default());
    let leaf = tree.add("cache/a/wis2", &message(2, 0));
    tree.add("cache/b", &message(30, 0));
    assert_eq!(tree.topic(leaf), "cache/a/wis2");
    let cache = tree.find("cache").expect("an inner node");
    let figures = tree.figures(cache, at(0));
    assert_eq!((figures.messages, figures.octets, figures.children), (2, 200, 2));
    assert_eq!((figures.lag.now, figures.lag.max), (Some(Lag(30_000)), Some(Lag(30_000))));
    assert_eq!(tree.figures(leaf, at(0)).messages, 1);
    assert_eq!(tree.figures(NodeId::ROOT, at(0)).messages, 2);
    assert_eq!(tree.nodes(), 5);
}

#[test]
fn rates_fade_and_silence_grows() {
    let mut tree = TopicTree::new(TreeLimits::default());
    let mut node = NodeId::ROOT;
    for second in 0..600 {
        node = tree.add("a", &message(0, second));
    }
    let busy = tree.figures(node, at(600));
    assert!((busy.per_minute - 60.0).abs() < 3.0, "{}", busy.per_minute);
    let quiet = tree.figures(node, at(1_200));
    assert!(quiet.per_minute < 0.1);
    assert_eq!(quiet.silent_secs, 601);
}

#[test]
fn what_does_not_fit_is_counted_above_and_as_hidden() {
    let mut tree = TopicTree::new(TreeLimits { nodes: 4, name_octets: 1 << 10 });
    for topic in ["a/1", "a/2", "a/3", "a/4", "b"] {
        tree.add(topic, &message(0, 0));
    }
    assert_eq!(tree.nodes(), 4);
    let a = tree.find("a").expect("it fitted");
    assert_eq!((tree.figures(a, at(0)).messages, tree.figures(a, at(0)).hidden), (4, 2));
    assert_eq!(tree.hidden(), 3);
}

#[test]
fn topics_of_absurd_depth_and_length_take_no_more_than_their_share() {
    let mut tree = TopicTree::new(TreeLimits { nodes: 1_000, name_octets: 10_000 });
    tree.add(&"x/".repeat(30_000), &message(0, 0));
    tree.add(&"y".repeat(60_000), &message(0, 0));
    tree.add("", &message(0, 0));
    assert!(tree.nodes() <= DEEPEST + 2);
    assert_eq!(tree.figures(NodeId::ROOT, at(0)).messages, 3);
    assert_eq!(tree.hidden(), 2);
}

#[test]
fn replayed_and_retained_messages_are_counted_without_their_lag() {
    let mut tree = TopicTree::new(TreeLimits::default());
    let node = tree.add("a", &Counted { arrival: Arrival::Replayed, ..message(90_000, 0) });
    let figures = tree.figures(node, at(0));
    assert_eq!((figures.messages, figures.lag.max, figures.lag.apart), (1, None, 1));
}

#[test]
fn only_rows_of_opened_nodes_are_shown_and_only_those_in_sight() {
    let mut tree = TopicTree::new(TreeLimits::default());
    for topic in ["b/2", "a/1", "b/1", "c"] {
        tree.add(topic, &message(0, 0));
    }
    let mut view = TreeView::default();
    let names = |view: &mut TreeView, tree: &TopicTree, sight: (usize, usize)| {
        let window = view.window(tree, sight, at(0));
        let rows: Vec<String> = window.rows.iter().map(|row| format!("{}{}", row.depth, row.name)).collect();
        (window.total, rows.join(" "))
    };
    assert_eq!(names(&mut view, &tree, (0, 10)), (3, "0a 0b 0c".to_owned()));
    view.reveal(&tree, tree.find("b/1").expect("heard"));
    assert_eq!(names(&mut view, &tree, (0, 10)), (5, "0a 0b 11 12 0c".to_owned()));
    assert_eq!(names(&mut view, &tree, (2, 2)), (5, "11 12".to_owned()));
    tree.add("b/0", &message(0, 0));
    assert_eq!(names(&mut view, &tree, (2, 2)), (6, "10 11".to_owned()));
    view.toggle(&tree, tree.find("b").expect("heard"));
    assert_eq!(names(&mut view, &tree, (0, 10)).0, 3);
}

#[test]
fn levels_that_lead_nowhere_else_are_opened_together() {
    let mut tree = TopicTree::new(TreeLimits::default());
    for topic in ["a/b/c/1/x", "a/b/c/2"] {
        tree.add(topic, &message(0, 0));
    }
    let mut view = TreeView::default();
    view.toggle(&tree, tree.find("a").expect("heard"));
    let names: Vec<String> =
        view.window(&tree, (0, 10), at(0)).rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["a", "b", "c", "1", "2"]);
}

#[test]
fn a_pin_shows_the_hole_that_a_source_left() {
    let mut pin = Pin::new(TopicFilter::parse("a/#").expect("a filter"));
    let utc = |hour: i64| UtcTime::from_unix_seconds(hour * 3_600 + 60).expect("in the calendar");
    for hour in [10, 11, 13] {
        pin.add("a/x", "cache", (utc(hour), at(hour as u64)));
    }
    pin.add("a/y", "origin", (utc(12), at(12)));
    pin.add("b", "origin", (utc(12), at(12)));
    let figures = pin.figures(4, (utc(13), at(20)));
    let expected = [("cache".into(), vec![1, 1, 0, 1]), ("origin".into(), vec![0, 0, 1, 0])];
    assert_eq!(figures.by_source, expected);
    assert_eq!(figures.silent_secs, Some(8));
}

#[test]
fn a_hundred_thousand_topics_are_found_again() {
    let mut tree = TopicTree::new(TreeLimits::default());
    for n in 0..100_000 {
        tree.add(&format!("a/{}/{n}", n % 97), &message(0, 0));
    }
    assert_eq!(tree.nodes(), 1 + 1 + 97 + 100_000);
    assert_eq!(tree.find("a/5/5").map(|node| tree.figures(node, at(0)).messages), Some(1));
    assert_eq!(tree.find("a/5/6"), None);
}
