//! What the page of a relay says, in both languages. It stands here and not among the messages of the program, since it is part
//! of what is published: it is the same whatever language the relay itself speaks.

/// The words of one language.
pub(super) struct PageWords {
    pub(super) language: &'static str,
    pub(super) heading: &'static str,
    pub(super) not_the_publisher: &'static str,
    pub(super) two_ways: &'static str,
    pub(super) checked: &'static str,
    pub(super) addresses: &'static str,
    /// Between the name of a document and what it is.
    pub(super) colon: &'static str,
    pub(super) rss: &'static str,
    pub(super) atom: &'static str,
    pub(super) file_list: &'static str,
    pub(super) manifest: &'static str,
    pub(super) signature: &'static str,
    pub(super) public_key: &'static str,
    pub(super) fingerprint: &'static str,
    pub(super) unsigned: &'static str,
    /// Before and after "2000 / 10000".
    pub(super) more: (&'static str, &'static str),
    pub(super) nothing: &'static str,
}

/// The headings of the columns, in English and in French.
pub(super) const HEADINGS: [(&str, &str); 6] = [
    ("File", "Fichier"),
    ("MB", "Mo"),
    ("Torrent", "Torrent"),
    ("Classic", "Classique"),
    ("Index", "Index"),
    ("Offered until", "Proposé jusqu’au"),
];

pub(super) const ENGLISH: PageWords = PageWords {
    language: "en",
    heading: "What this is",
    not_the_publisher: "This relay is <strong>not the publisher</strong> of these files. It fetched them from their \
                        publishers’ own servers and passes them on unchanged, for a limited time.",
    two_ways: "<strong>torrent (faster)</strong>: from everybody who has the file, this relay included. \
               <strong>classic</strong>: from the publisher’s own server.",
    checked: "Whoever wants to be sure that a file is the publisher’s compares it with what the publisher’s own server sends, \
              or with what other relays say of it. The signature only shows that this relay said so.",
    addresses: "For programs:",
    colon: ": ",
    rss: "the newest files as RSS",
    atom: "all files as Atom, in pages",
    file_list: "all files, one a line",
    manifest: "digests and sources of all files",
    signature: "its signature, for minisign",
    public_key: "the public key of this relay",
    fingerprint: "Fingerprint of the key:",
    unsigned: "This relay does not sign what it says.",
    more: ("Shown are the newest files:", ". The others stand in the feeds and lists above."),
    nothing: "No file is offered at the moment.",
};

pub(super) const FRENCH: PageWords = PageWords {
    language: "fr",
    heading: "De quoi s’agit-il\u{202F}?",
    not_the_publisher: "Ce relais <strong>n’est pas l’éditeur</strong> de ces fichiers. Il les a récupérés sur les serveurs des \
                        éditeurs et les transmet sans modification, pour une durée limitée.",
    two_ways: "<strong>torrent (plus rapide)</strong>\u{202F}: auprès de tous ceux qui ont le fichier, ce relais compris. \
               <strong>classique</strong>\u{202F}: depuis le serveur de l’éditeur.",
    checked: "Pour s’assurer qu’un fichier est bien celui de l’éditeur, il faut le comparer à ce qu’envoie le serveur de \
              l’éditeur, ou à ce qu’en disent d’autres relais. La signature montre seulement que ce relais l’a dit.",
    addresses: "Pour les programmes\u{202F}:",
    colon: "\u{202F}: ",
    rss: "les fichiers les plus récents, en RSS",
    atom: "tous les fichiers, en Atom, par pages",
    file_list: "tous les fichiers, un par ligne",
    manifest: "empreintes et sources de tous les fichiers",
    signature: "sa signature, pour minisign",
    public_key: "la clé publique de ce relais",
    fingerprint: "Empreinte de la clé\u{202F}:",
    unsigned: "Ce relais ne signe pas ce qu’il dit.",
    more: (
        "Fichiers les plus récents affichés\u{202F}:",
        ". Les autres figurent dans les flux et listes ci-dessus.",
    ),
    nothing: "Aucun fichier n’est proposé pour le moment.",
};
