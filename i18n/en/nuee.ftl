# Messages to a person: what happened, and what to do.

message-target-not-found = There is no file { $target }. Check the path.
message-target-unknown = { $target } is neither a .torrent nor GRIB. `nuee inspect` says what it is.
message-target-unreachable = { $url } gives nothing: { $reason }.
message-length-unknown = { $url } does not say how long it is, so it cannot be fetched in parts. Ask its publisher for another address.
message-torrent-unsound = This .torrent cannot be used: { $detail }. Get it again from its publisher.
message-torrent-v2-only = This .torrent is of version 2 only; peers of version 1 have other hashes. Ask its publisher for a version 1 or hybrid .torrent.
message-magnet-unsound = This magnet cannot be used: { $detail }.
message-no-metadata = No peer gave the description that this magnet stands for. Name a peer with --peer, or use the .torrent.
message-no-swarm-in-this-build = This build has no peers in it. Use --via http-only, or a build with the feature "swarm".
message-no-way-to-peers = The .torrent names no tracker and no peer was named. Add --peer HOST:PORT, or allow HTTP.
message-no-file-matches = No file of the torrent matches { $wanted }.
message-nothing-chosen = No field matches. The file has: { $available }.
message-no-fields = { $name } has no fields that could be told apart, so no part of it can be chosen.
message-unreadable = { $text } cannot be understood.
message-no-source = No source could give the rest:
message-only-wrong-data = What came was wrong, and no source could give it right:
message-digest-mismatch = { $what } is not what was published: { $announced } was announced, the bytes give { $computed }. Nothing was put in its place; tell the publisher.
message-not-well-formed = The file is broken GRIB: { $detail }. Nothing was put in its place.
message-disk-full = The disk is full. What was proven is kept: free some space and start again.
message-disk-too-small = { $needed } are needed and { $free } are free. Free some space, or choose another folder with --out.
message-disk-denied = Not allowed: { $what }. Choose another folder with --out, or change its rights.
message-folder-gone = The folder { $path } is not there, or is no folder.
message-link-in-the-way = A link stands in the way: { $name }. Links are never followed; remove it or choose another folder.
message-folder-in-use = The folder is used by another process: { $by }. Wait for it with --wait, or choose another folder.
message-database-trouble = The notes about what is held cannot be kept: { $detail }.
message-disk-trouble = The disk refuses: { $detail }.
message-kept-existing = A different file stood there and was kept as { $kept_as }.
message-index-from = The fields were found in { $place }.
message-index-unusable = The index { $place } cannot be used: { $detail }.
message-walked-headers = There is no index; the headers of the file were read in { $requests } requests.
message-message-holds-more = Some chosen messages hold other fields as well; messages are never cut.
message-peer-unusable = The peer { $peer } has no address.
message-web-seed-unusable = The web seed { $url } cannot be used: { $detail }.
message-waiting-for-folder = The folder is used by another process: { $by }. Waiting for it.
message-cannot-publish = This cannot be published: { $detail }.
message-run-complete = { $files ->
    [one] { $title }, run of { $day } { $hour } UTC: the hour you asked for is here.
   *[other] { $title }, run of { $day } { $hour } UTC: all { $text } files you asked for are here.
}
message-source-lost = { $title } does not answer any more. What is under way goes on from other sources; it is asked again by itself.
message-clock-moved = The clock of this computer was moved by { $by }. For ten minutes nothing is removed by age or called late.
message-settings-broken = The settings file cannot be read ({ $detail }). The usual settings are used, and the file is left as it is.
message-settings-broken-kept = The settings file could not be read ({ $detail }). The usual settings are used; the file was kept as { $path }.
message-settings-newer = The settings file is of a later version of Nuée: it is used as far as it is understood and not written. Changes hold until the window closes.
message-settings-not-kept = The settings cannot be written ({ $detail }). They hold until the window closes.
message-cannot-open = The desktop could not open { $path } ({ $detail }). Open it by hand from that place.
message-journal-written = The log was written to { $path }, without secrets.
message-unknown-entry = No catalogue has { $id }. nuee catalog list shows what there is.
message-not-yet-published = Not yet published, and nobody knows when it will be. With --wait 2h it is waited for.
message-not-yet-published-due = Not yet published; due { $due }. With --wait 2h it is waited for.
message-waiting-for-publication = Not everything is published yet; waiting.
message-waiting-for-publication-due = Not everything is published yet; due { $due }; waiting.
message-no-longer-kept = The provider no longer keeps that run: only runs since { $oldest }.
message-no-such-run = No run starts at { $time }. nuee catalog show names the hours at which runs start.
message-listing-is-old = { $url } { $reason }; its listing of { $fetched } is used.
message-already-here = The same file is here as { $path }; it is not fetched again.
message-stopped = Stopped. What is held stays; the same command goes on from there.
message-internal = A part of the program failed that should not: { $detail }. Please report it.

# Why a source gives nothing.

reason-no-answer = no answer
reason-connection-refused = nobody listens there
reason-closed = closed the connection
reason-name-not-found = the name has no address
reason-tls = no secure connection: { $detail }
reason-address-refused = leads to { $class }, which a file must not name; --allow-local permits it
reason-scheme-refused = addresses of the kind { $scheme } are not used
reason-redirect-refused = redirects to where it must not
reason-too-many-redirects = redirects without end
reason-status = answers { $status }
reason-busy = is busy (answers { $status })
reason-busy-wait = is busy (answers { $status }), asks to wait { $wait }
reason-web-page = sends a web page instead of data
reason-wrong-range = sends another part than was asked ({ $told })
reason-wrong-length = the file is { $told } long there, not { $expected }
reason-range-ignored = sends the whole file instead of a part
reason-encoded = sends the data encoded ({ $name })
reason-not-http = does not speak HTTP
reason-stalled = fell silent
reason-changed = the file changed there meanwhile
reason-wrong-data = sent wrong data ({ $count ->
    [one] piece { $pieces }
   *[other] pieces { $pieces }
})
reason-no-peers = no peers
reason-peers-silent = peers gave nothing for { $time }
reason-tracker-refused = the tracker refuses: { $words }
reason-not-a-tracker = does not answer as a tracker does
reason-not-a-listing = sends something else than a listing ({ $detail }); has the service changed?
reason-other = { $words }

class-loopback = this computer itself
class-private = a private network
class-link-local = the local link
class-shared = a provider's inner network
class-other = an address that is nobody's

# Sources.

source-swarm = peers
source-web-seed = web seed
source-mirror = server
source-inline = announcement
source-disk = disk
source-peer = peer
source-tracker = tracker

# Verdicts: a method and a voucher, always together.

verdict-piece-hashes = proven by piece hashes
verdict-indexed-digest = proven by the digests of an index
verdict-announced-digest = proven by an announced { $algorithm }
verdict-structure = well-formed GRIB; no digest was published
verdict-mismatch = WRONG: announced { $announced }, computed { $computed }
verdict-not-announced = not proven: no digest was published
verdict-cannot-be-verified = cannot be verified: the publisher named { $named }
verdict-unreadable-digest = the published digest cannot be read
verdict-not-checked = not checked
voucher-host-tls = vouched for by { $host } (TLS)
voucher-host-plain = vouched for by { $host } (without TLS)
voucher-person = vouched for by the .torrent or index you handed over
voucher-nobody = nobody vouches for it

# The road.

road-whole-files = whole files
road-pieces = whole pieces, since only they can be proven
road-proven-ranges = exact ranges by HTTP, proven by the index
road-ranges = exact ranges by HTTP; nobody published digests
road-no-index = the whole file, since nothing says where its fields lie
road-on-disk = from the disk

# The terminal.

cli-plan = { $wanted } wanted, { $transfer } to transfer: { $road }
cli-plan-fields = { $fields ->
    [one] one field, { $wanted } wanted, { $transfer } to transfer: { $road }
   *[other] { $fields } fields, { $wanted } wanted, { $transfer } to transfer: { $road }
}
cli-plan-index = { $octets } read to find them
cli-progress = { $held } of { $wanted } · peers { $peer_rate } ({ $peers }) · HTTP { $http_rate } · { $left } left
cli-progress-resolving = looking at { $name }
cli-giving = Done; giving to peers. Ctrl-C ends it.
cli-file = { $path } · { $size } · { $verdict }, { $voucher }
cli-done = { $size } in { $time }: { $sources }
cli-done-none = Nothing was missing.
cli-part = { $source } { $size } ({ $share })
cli-wasted = { $size } came in vain
cli-trouble = { $kind } { $label }: { $reason }
cli-set-aside = { $kind } { $label } was not used any more: { $reason }
cli-usage-unknown = There is no option { $argument }. `nuee { $command } --help` lists them.
cli-usage-missing = { $argument } is missing. `nuee { $command } --help` says more.
cli-usage-value = { $value } is no value for { $argument }.
cli-usage-subcommand = There is no command { $argument }. `nuee --help` lists them.
cli-usage-other = { $detail }
cli-window-missing = The window is not in this release. In the terminal: nuee demo, nuee get --help.
cli-served = { $what }: { $url }
cli-serving = Serving until Ctrl-C.
cli-published = { $torrent }: { $size } in { $pieces } pieces, info-hash { $hash }
cli-index-summary = { $fields } fields in { $size }; { $read } read in { $time }
cli-index-problem = at { $offset }: { $detail }
cli-index-heads = message, octet, length, run, lead, field, level, member
cli-verify-line = { $path } · { $size } · { $verdict }, { $voucher }
cli-verify-failed = { $path } · { $problem }
cli-inspect-torrent = .torrent { $verdict }: { $name }, { $size } in { $files } files, { $pieces } pieces of { $piece_length }
cli-inspect-grib = GRIB: { $fields } fields in { $messages } messages, { $size }
cli-inspect-index = index of { $entries } messages{ $digests }
cli-inspect-with-digests = , each with its SHA-256
cli-inspect-announcement = announcement ({ $dialect }) { $verdict }: { $name }
cli-inspect-event = monitoring event { $verdict }: { $name }
cli-inspect-record = record of a dataset { $verdict }: { $name }
cli-inspect-unknown = { $size } of something that is neither a .torrent nor GRIB nor an index
cli-inspect-server-good = its server answers to ranges: it can be a web seed
cli-inspect-server-bad = its server cannot be a web seed: { $reason }
cli-inspect-no-ranges = it does not answer to ranges
cli-run = run
cli-lead = lead

# The demo.

demo-welcome = A small publisher runs in this process: a made model run that never was, marked DEMO. Catalogue:
demo-catalogue-line = { $name } · { $size } · lead times { $leads }
demo-choose = Two forecast hours are fetched: { $first } from peers, then { $second } while the peers leave.
demo-peers-leave = The peers have left. The web seed takes over.
demo-table = Who gave what
demo-table-heads = file, peers, web seed, verdict, voucher
demo-slice = One hour out of the file of all hours, by its index: { $lead }.
demo-done = Every file is in its place and proven. The publisher has stopped and removed what it made.
demo-kept = Every file is in its place and proven, in { $dir }.
demo-failed = The journey did not end well.
demo-serving = The demo publisher serves until it is stopped.

# Help.

help-about = Weather-model and observation data by swarm and by mesh: one provable forecast hour, from many sources
help-usage = Usage
help-commands = Commands
help-arguments = Arguments
help-options = Options
help-global = Everywhere
help-help = Show this help
help-version = Show the version
help-lang = Language: en or fr; that of the system otherwise
help-json = One JSON object a line on stdout; everything else on stderr
help-allow-local = Let files name this computer and private networks
help-demo = Play the whole journey with a publisher made on the spot
help-demo-long = Starts a small publisher in this process (a made model run, a tracker, a peer, a web seed), gets two forecast hours from it, lets the peers leave in the middle, and shows who gave which bytes and what proves them. Touches nothing outside this computer.
help-demo-headless = In the terminal, without a window
help-demo-serve = Only serve: print the URLs as one JSON line and stay until told to stop
help-demo-dir = Keep the files in this folder
help-get = Get files, or only some forecast hours of them
help-get-long = Gets what a .torrent, a magnet or the URL of a data file stands for: from peers first, from HTTP where peers do not suffice. With --lead, --param or --level only those fields are fetched, into one file. Every file is checked before it gets its name; the same command goes on where it was stopped.
help-get-target = A .torrent (path or URL), a magnet, or the URL or path of a GRIB file
help-get-run = Run of a catalogue entry: latest, latest-complete, 2026-11-20T06Z, or two times with .. between them
help-get-lead = Lead times: 6 (hours), 0..24, 0..24/3, 15min; several with commas
help-get-param = Parameters: 2t,10u or TMP or 0/0/0 (discipline/category/number)
help-get-level = Levels: 2m, 850hPa, surface
help-get-files = Files of a torrent, with * and ?
help-get-out = Folder for the files
help-get-via = Who may give: swarm-first, fastest, swarm-only or http-only
help-get-peer = A peer to call, HOST:PORT; may be repeated
help-get-web-seed = One more URL to get it from; may be repeated
help-get-seed-for = Go on giving for so long after the end: 30s, 10min, 2h
help-get-no-seed = Give nothing to peers
help-get-limit-down = Receive at most: 500k, 2M (octets a second)
help-get-limit-up = Give at most: 500k, 2M (octets a second)
help-get-connections = Connections to one HTTP server at a time
help-get-wait = Wait so long for a folder in use or for sources: 30s, 10min
help-get-example = Examples:
      nuee get run.torrent --lead 12
      nuee get https://example.org/gfs.t00z.pgrb2.0p25.f006 --param 2t,10u,10v
      nuee get run.torrent --files '*SP1*' --out data --seed-for 1h
help-index = List the fields of a GRIB file with their lead times, or write an index
help-index-target = File or URL
help-index-idx = Write an index as wgrib2 does
help-index-index = Write a slice index: JSON lines with the SHA-256 of each message
help-inspect = Say what a file or URL is, and what is wrong with it
help-inspect-target = File or URL
help-verify = Check files against a .torrent, an index or a digest
help-verify-paths = Files and folders
help-verify-against = A .torrent, an index, or a digest such as sha256:…; what lies beside the file otherwise
help-publish = Make slice indexes and a .torrent of files, and serve them
help-publish-long = Makes a slice index beside each GRIB file and one canonical .torrent: whoever makes one of the same bytes gets the same info-hash. With --serve, also an HTTP server, a tracker and a peer.
help-publish-paths = Files and folders
help-publish-tracker = A tracker to name; may be repeated
help-publish-web-seed = A URL where the files will lie; may be repeated
help-publish-split = First cut files into one for each lead time
help-publish-serve = Serve them until told to stop; on this computer only, unless --bind
help-publish-bind = Address to serve on, as HOST:PORT
help-publish-out = Folder for what is made; beside the files otherwise

# Window: shell, rail, status bar, palette, toasts.

place-sources = Sources
place-hours = Hours
place-transfers = Transfers
place-announcements = Announcements
place-journal = Log
place-settings = Settings
window-no-display = There is no display here, so there is no window. In the terminal: nuee demo --headless shows how it works, nuee get --help the rest.
window-missing = The window needs a library or driver that is not here: sudo apt install { $package }. Without it, in the terminal: nuee get --help, nuee demo --headless.
window-refused = The window does not open: { $detail }. In the terminal: nuee get --help, nuee demo --headless.
rail-with-count = { $title }, { $n_txt }
find-name = Find on this screen
find-hint = Find  (Ctrl+F)
status-received = ↓ { $rate } · { $share } from peers
status-received-none = ↓ { $rate }
status-received-say = Receiving { $rate }, { $share } of it from peers
status-received-none-say = Nothing is being received
status-given = ↑ { $rate } · { $sum } given
status-given-say = Giving { $rate } to peers; { $sum } given since the program began
status-peers = { $n ->
    [one] { $n_txt } peer
   *[other] { $n_txt } peers
}
status-peers-say = { $n ->
    [0] No peer is connected
    [one] { $n_txt } peer is connected
   *[other] { $n_txt } peers are connected
}
status-brokers = brokers { $up }/{ $all }
status-brokers-say = { $up } of { $all } brokers answer
status-free = { $free } free
status-free-say = { $free } free in { $folder }
status-clock-say = { $utc } UTC, { $local } on this computer

# Window: first page and what was handed over.

# Window: Sources.

# Window: Hours.

# Window: Transfers and detail.

# Window: Log.

# Window: Settings.

# Catalogues
help-catalog = Show what catalogues offer: providers, datasets, runs and hours
help-catalog-list = List providers and their datasets
help-catalog-show = Say what is known of a dataset: cycles, packages, licence, addresses
help-catalog-runs = Show the latest runs and which hours of them are published
help-catalog-check = Check the providers' files: those that come with Nuée, and your own
help-catalog-id = Id of a dataset or a package of it, such as meteo-france/arome-0.01/SP1
help-catalog-dir = Folder with providers' files; the one of the settings when not given
help-catalog-count = How many runs are shown (8)
help-catalog-files = Print a JSON line for each file too
help-providers = Folder of your own providers' files
catalog-documented = documented on { $on }, not tried
catalog-tried = tried on { $on }
catalog-broken = { $file }, line { $line }: { $reason }
catalog-sound = { $count } providers' files are sound.
catalog-license = { $licence } · { $attribution }
catalog-packages = Packages: { $packages }
catalog-cycles = Runs at { $hours } UTC, to { $last }
catalog-retention = Kept for { $time }
catalog-whole-only = Files are to be had whole only.
catalog-run-complete = complete
catalog-run-count = { $published } of { $expected } published
catalog-run-missing = { $count } missing
catalog-run-late = { $count } late
catalog-run-withdrawn = { $count } withdrawn
catalog-run-after = first after { $time }
catalog-table = { $count } files without run; they can be chosen by { $keys }
catalog-page-failed = { $url } { $reason }
catalog-page-old = { $url } { $reason }; what is shown is of { $fetched }
catalog-legend = # published  . expected  ~ late  x missing  - withdrawn
