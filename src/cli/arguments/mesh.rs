//! The words of `nuee mesh`.

use super::{
    Task, Unreadable, allow_local, flag, flag_values, folder, is_set, json, listen, one, option, parsed,
    path, retries,
};
use crate::app::jobs::keeping::Keeping;
use crate::app::mesh::listening::ListenRequest;
use crate::app::mesh::reporting::{MeshReportRequest, NodeKind, USUAL_SPAN, USUAL_WITHIN};
use crate::app::mesh::running::MeshRunRequest;
use crate::app::words::{size_of, time_of};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::mesh::forwarding::{ForwardTerms, USUAL_LONGEST_AGE, Unproven};
use crate::mesh::mirror::{MirrorPolicy, Versions, Withdrawn};
use crate::mesh::post::place::{BaseUrl, PostTopic, TopicForm};
use crate::mesh::post::{Inlining, PostForm};
use crate::mesh::rule::Rule;
use crate::mesh::topic::TopicFilter;
use clap::{ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::sync::Arc;

/// What is listened to, and what stands before the folders of a file, where nothing else is asked for.
const USUAL_TOPIC: &str = "xpublic/v03/#";
const USUAL_ROOT: &str = "xpublic/v03";

/// The forms that are read by more than one program of a mesh.
const FORMS: [&str; 2] = ["wmo-mesh", "v03"];

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let many = |id, value, help| option(id, value, help, text).action(ArgAction::Append);
    let run = Command::new("run")
        .about(fl!(l, "help-mesh-run"))
        .long_about(fl!(l, "help-mesh-run-long"))
        .arg(many("from", "BROKER_URL", fl!(l, "help-mesh-from")).required(true))
        .arg(option("to", "BROKER_URL", fl!(l, "help-mesh-to"), text).required(true))
        .arg(option("base-url", "URL", fl!(l, "help-mesh-base-url"), text).required(true))
        .arg(option("bind", "HOST:PORT", fl!(l, "help-mesh-bind"), text))
        .arg(many("topic", "FILTER", fl!(l, "help-mesh-topic")))
        .arg(option("accept", "REGEX", fl!(l, "help-mesh-accept"), text))
        .arg(folder("out", fl!(l, "help-mesh-out"), text))
        .arg(option("keep", "TIME", fl!(l, "help-follow-keep"), text))
        .arg(option("keep-size", "SIZE", fl!(l, "help-follow-keep-size"), text))
        .arg(option("max-age", "TIME", fl!(l, "help-mesh-max-age"), text))
        .arg(option("most-per-day", "SIZE", fl!(l, "help-listen-most-per-day"), text))
        .arg(flag("inline", fl!(l, "help-mesh-inline"), text))
        .arg(flag("unproven", fl!(l, "help-mesh-unproven"), text))
        .arg(flag_values(option("form", "wmo-mesh|v03", fl!(l, "help-mesh-form"), text), &FORMS))
        .arg(option("to-topic", "TOPIC", fl!(l, "help-mesh-to-topic"), text))
        .arg(flag_values(
            option("topic-form", "post|plain|both", fl!(l, "help-announce-topic-form"), text),
            &TopicForm::KEYS,
        ))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .arg(json(text));
    Command::new("mesh")
        .about(fl!(l, "help-mesh"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(run)
        .subcommand(report_command(text))
}

fn report_command(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("report")
        .about(fl!(l, "help-mesh-report"))
        .long_about(fl!(l, "help-mesh-report-long"))
        .arg(folder("folder", fl!(l, "help-mesh-report-folder"), text))
        .arg(option("since", "TIME", fl!(l, "help-mesh-report-since"), text))
        .arg(option("within", "TIME", fl!(l, "help-mesh-report-within"), text))
        .arg(flag_values(option("by", "broker|source", fl!(l, "help-mesh-report-by"), text), &NodeKind::KEYS))
        .arg(json(text))
}

/// The words of the subcommand.
pub(super) fn words_of(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, words)| words)
}

/// What the subcommand asks for.
pub(super) fn task_of(words: &ArgMatches) -> Result<Task, Unreadable> {
    if words.try_contains_id("from").is_ok() {
        return request(words).map(|request| Task::MeshRun(Box::new(request)));
    }
    let time = |id| parsed(words, id, |text| time_of(text).filter(|time| !time.is_zero()));
    Ok(Task::MeshReport(Box::new(MeshReportRequest {
        folder: path(words, "folder").unwrap_or_else(|| PathBuf::from(".")),
        span: time("since")?.unwrap_or(USUAL_SPAN),
        within: time("within")?.unwrap_or(USUAL_WITHIN),
        nodes: parsed(words, "by", NodeKind::from_key)?.unwrap_or_default(),
    })))
}

pub(super) fn request(matches: &ArgMatches) -> Result<MeshRunRequest, Unreadable> {
    let terms = terms(matches)?;
    let bind = one(matches, "bind").unwrap_or_else(|| terms.base.usual_bind());
    // What a peer of a mesh had before is of no use to the next one.
    let mirror = MirrorPolicy { withdrawn: Withdrawn::Keep, versions: Versions::Last(0) };
    let mut filters = listen::filters(matches)?;
    if filters.is_empty() {
        filters.extend(TopicFilter::parse(USUAL_TOPIC));
    }
    let listen = ListenRequest {
        brokers: listen::brokers(matches, "from")?,
        rules: rules(matches, &filters, mirror)?,
        filters,
        download_to: Some(path(matches, "out").unwrap_or_else(|| PathBuf::from("."))),
        keeping: Keeping {
            time: parsed(matches, "keep", time_of)?,
            most: parsed(matches, "keep-size", size_of)?.map(ByteCount),
        },
        mirror,
        most_a_day: parsed(matches, "most-per-day", size_of)?.map(ByteCount),
        count: None,
        time: None,
        archive: None,
        since: None,
        forward: Some(Arc::new(terms)),
    };
    let to = one(matches, "to").unwrap_or_default();
    let to =
        listen::announced_to(&to).ok_or_else(|| Unreadable { argument: "to", value: show_with_urls(&to) })?;
    Ok(MeshRunRequest { listen, to, bind })
}

fn terms(matches: &ArgMatches) -> Result<ForwardTerms, Unreadable> {
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let base = one(matches, "base-url").unwrap_or_default();
    let form = parsed(matches, "form", PostForm::from_key)?.unwrap_or(PostForm::WmoMesh);
    let topics = parsed(matches, "topic-form", TopicForm::from_key)?.unwrap_or_default();
    let root = one(matches, "to-topic").unwrap_or_else(|| USUAL_ROOT.to_owned());
    let longest_age = parsed(matches, "max-age", time_of)?.filter(|age| !age.is_zero());
    Ok(ForwardTerms {
        form,
        base: BaseUrl::parse(&base).ok_or_else(|| unreadable("base-url", &base))?,
        topic: PostTopic::parse(&root, form, topics).ok_or_else(|| unreadable("to-topic", &root))?,
        inlining: if is_set(matches, "inline") { Inlining::Small } else { Inlining::Never },
        unproven: if is_set(matches, "unproven") { Unproven::Forwarded } else { Unproven::HeldBack },
        longest_age: longest_age.unwrap_or(USUAL_LONGEST_AGE),
    })
}

/// Which files are taken, when that was said: one rule for each topic.
fn rules(
    matches: &ArgMatches,
    filters: &[TopicFilter],
    mirror: MirrorPolicy,
) -> Result<Vec<Rule>, Unreadable> {
    let Some(pattern) = one(matches, "accept") else { return Ok(Vec::new()) };
    let rule = |filter: &TopicFilter| {
        let all = Rule { mirror, ..Rule::all_of(filter.clone()) };
        all.with_pattern(&pattern)
            .map_err(|_| Unreadable { argument: "accept", value: show_with_urls(&pattern) })
    };
    filters.iter().map(rule).collect()
}
