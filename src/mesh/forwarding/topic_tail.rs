//! The levels of a topic that stay when a file is announced again: what stands behind exchange, version and `post`.

/// The levels behind `…/v03/post/` or `…/v03/`; the file's folders where the topic has no such part.
pub(super) fn tail_of<'a>(topic: &'a str, folders: &[&'a str]) -> Vec<&'a str> {
    let mut levels = topic.split('/').skip_while(|level| !matches!(*level, "v02" | "v03"));
    if levels.next().is_none() {
        return folders.to_vec();
    }
    let mut tail: Vec<&str> = levels.filter(|level| !level.is_empty()).collect();
    let first = folders.first().copied().unwrap_or_default();
    match tail.first().copied() {
        Some("post") => drop(tail.remove(0)),
        // mesh_peer.py leaves the slash out where a path has none at its beginning.
        Some(level) if !first.is_empty() && level.strip_prefix("post") == Some(first) => tail[0] = first,
        _ => {}
    }
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_exchange_version_and_post_stays() {
        let folders = ["20261120", "CWAO"];
        for (topic, tail) in [
            ("xpublic/v03/post/20261120/CWAO", "20261120/CWAO"),
            ("xpublic/v03/20261120/CWAO", "20261120/CWAO"),
            ("xs_pi_07/v02/post/a/b", "a/b"),
            ("xpublic/v03/post20261120/CWAO", "20261120/CWAO"),
            ("xpublic/v03/post/", ""),
            ("xpublic/v03", ""),
            ("origin/a/wis2/fr-x/data/core", "20261120/CWAO"),
        ] {
            assert_eq!(tail_of(topic, &folders).join("/"), tail, "{topic}");
        }
    }
}
