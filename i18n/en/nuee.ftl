# Messages to a person: what happened, and what to do.

message-target-not-found = There is no file { $target }. Check the path.
message-target-unknown = { $target } is neither a .torrent nor GRIB. `nuee inspect` says what it is.
message-target-unreachable = Could not download { $url }: { $reason }.
message-secrets-withheld = Not written into the .torrent, because everybody may read it and these addresses hold a secret: { $urls }. Give addresses that anybody may use.
message-length-unknown = { $url } does not say how long it is, so it cannot be fetched in parts. Ask its publisher for another address.
message-torrent-unsound = Invalid .torrent: { $detail }. Download it again from its publisher.
message-torrent-v2-only = This .torrent is of version 2 only; peers of version 1 have other hashes. Ask its publisher for a version 1 or hybrid .torrent.
message-magnet-unsound = Invalid magnet: { $detail }.
message-no-metadata = No peer sent the metadata of this magnet. Name a peer with --peer, allow the DHT with --dht, or use the .torrent.
message-no-swarm-in-this-build = This build has no support for peers. Use --via http-only, or a build with the feature "swarm".
message-no-way-to-peers = The torrent names no tracker and no peer was named. Add --peer HOST:PORT or --dht, or allow HTTP.
message-no-way-to-private-peers = The torrent is private and names no tracker. Add --peer HOST:PORT, or allow HTTP.
message-no-file-matches = No file of the torrent matches { $wanted }.
message-nothing-chosen = No field matches. The file has: { $available }.
message-nothing-chosen-lacking = Not in the file: { $lacking }. The file has: { $available }.
message-lacking = Not found: { $lacking }. The rest was found.
message-lacking-available = Not found: { $lacking }. The rest was found. The file has: { $available }.
message-no-such-lead = The dataset has no such forecast: { $wanted }. Its lead times reach from { $first } to { $last }.
message-no-fields = No field could be distinguished in { $name }, so no part of it can be selected.
message-unreadable = Invalid input: { $text }.
message-no-source = No source could provide the rest:
message-only-wrong-data = The data received was wrong, and no source could provide it correctly:
message-digest-mismatch = { $what } is not what was published: { $announced } was announced, { $computed } was computed. Nothing was put in its place; tell the publisher.
message-announced-wrong = { $what } was refused: { $wrong }. Nothing was put in its place; tell the publisher.
message-not-well-formed = The file is broken GRIB: { $detail }. Nothing was put in its place.
message-not-grib = { $name } is not GRIB: { $length } received, beginning with “{ $start }”. Nothing was put in its place.
message-not-grib-empty = { $name } is not GRIB: the server sent an empty file (0 bytes). Nothing was put in its place.
message-text-instead-of-data = { $name }: a web page or text was received instead of data, beginning with “{ $start }”. A login page, a captive portal or an error of the server? Nothing was put in its place.
message-name-made-safe = The torrent names a file or folder “{ $published }”; it is saved as “{ $used }”.
message-files-lacking = { $count ->
    [one] 1 file is not complete: { $names }
   *[other] { $n } files are not complete: { $names }
}
message-disk-full = The disk is full. What was verified is kept. Free some space: the window resumes by itself, a command when it is started again.
message-disk-too-small = { $needed } are needed and { $free } are free. Free some space, or choose another folder, in the settings or with --out.
message-disk-denied = Not allowed: { $what }. Choose another folder, in the settings or with --out, or change its rights.
message-folder-gone = The folder { $path } does not exist, or is not a folder.
file-kind-grib = a GRIB file
file-kind-torrent = a .torrent
file-kind-bufr = a BUFR file (observations)
file-kind-netcdf = a NetCDF file
file-kind-hdf5 = an HDF5 or NetCDF 4 file
file-kind-html = a web page (HTML)
file-kind-xml = an XML file
file-kind-json = a JSON file
file-kind-text = a text file
file-kind-zip = a ZIP archive
file-kind-gzip = a file compressed by gzip
file-kind-bzip2 = a file compressed by bzip2
file-kind-xz = a file compressed by xz
file-kind-zstd = a file compressed by Zstandard
file-kind-tar = a tar archive
file-kind-pdf = a PDF document
file-kind-picture = a picture
file-kind-program = a program
file-kind-sqlite = an SQLite database
file-kind-empty = empty
file-kind-folder = a folder
file-kind-unknown = a file of unknown kind
message-of-another-kind = { $target } is { $kind }. Nuée downloads .torrents, magnets, GRIB files and datasets of catalogues. “nuee inspect” says more about a file.
message-tried-again = { $why } Tried again at { $at } (try { $n } failed).
message-too-many-followed = { $n } datasets are followed already. Stop one before you add another.
message-link-in-the-way = A link stands in the way: { $name }. Links are never followed; remove it or choose another folder.
message-folder-in-use = The folder is used by another process: { $by }. Wait for it with --wait, or choose another folder.
message-database-trouble = The record of what is downloaded cannot be written: { $detail }.
message-disk-trouble = Cannot read or write: { $detail }.
message-kept-existing = A different file stood there and was kept as { $kept_as }.
message-index-from = The fields were found in { $place }.
message-whole-file-only = { $url }: its server does not support range requests. The whole file is downloaded and cut here.
message-contact-wanted = { $provider } asks each client for a contact address, and may refuse others. Set one with --contact.
help-contact = Contact, an e-mail address or a site, for providers that ask for one; sent to every HTTP server
message-no-notices = No feed of announcements is known of { $provider }. Its provider's file may name one: notices = "https://…"
change = { $dataset }, from the run { $run } on: { $what }
change-host = files come from { $after }, before from { $before }
change-package-added = there is a new package, { $package }
change-package-gone = the package { $package } is no longer offered
change-last-lead = { $package } reaches { $after }, before { $before }
change-content = { $package }: the size of a run changed from { $before } to { $after }; its contents have probably changed
message-index-unusable = The index { $place } cannot be used: { $detail }.
message-search-given-up = The search for GRIB messages was given up { $at } into the file: { $detail }. What the rest of the file holds is unknown.
message-index-misfit = The index { $place } does not match the file: { $misfit }. The headers of the file are read instead.
message-not-as-told = The data received is not what was announced: { $misfit }. Nothing was put in its place; try again later.
misfit-unreadable-line = line { $line } cannot be read
misfit-out-of-file = line { $line } points beyond the end of the file
misfit-leaves-out = it does not cover bytes { $from } to { $to }
misfit-overlaps = two messages overlap at byte { $at }
misfit-no-message = no whole message begins at byte { $at }
misfit-other-length = the message at byte { $at } has { $found } bytes, not { $told }
misfit-other-field = the message at byte { $at } has { $what } { $found }, not { $told }
misfit-untold = it does not state the { $what } of every field
misfit-not-wanted = the message at byte { $at } is not what was asked for
misfit-other-than-named = { $name } is named for lead time { $told }, but its fields have { $found }
misfit-not-listed = it does not list everything that was asked for
attribute-parameter = parameter
attribute-level = level
attribute-lead = lead time
attribute-member = member
attribute-run = run
wished = { $what } { $words }
message-walked-headers = The headers of the file were read in { $requests } requests.
message-message-holds-more = Some chosen messages hold other fields as well; messages are never cut.
message-peer-unusable = The peer { $peer } has no address.
message-web-seed-unusable = The web seed { $url } cannot be used: { $detail }.
message-waiting-for-folder = The folder is used by another process: { $by }. Waiting for it.
message-cannot-publish = This cannot be published: { $detail }.
message-run-complete = { $files ->
    [one] { $title }, run of { $day } { $hour } UTC: the lead time you asked for is downloaded.
   *[other] { $title }, run of { $day } { $hour } UTC: all { $text } files you asked for are downloaded.
}
message-source-lost = { $title } does not answer any more. Downloads continue from other sources; it is retried automatically.
message-offline = This computer is offline. What is shown was read before; waiting transfers resume when the network is back.
message-online-again = This computer is online again.
message-clock-moved = The clock of this computer was moved by { $by }. For ten minutes nothing is removed by age or called late.
message-settings-broken = The settings file cannot be read ({ $detail }). Default settings are used, and the file is left as it is.
message-settings-broken-kept = The settings file could not be read ({ $detail }). Default settings are used; the file was kept as { $path }.
message-settings-newer = The settings file is of a later version of Nuée: it is used as far as it is understood and not written. Changes hold until the window closes.
message-settings-not-kept = The settings cannot be written ({ $detail }). They hold until the window closes.
message-cannot-open = The desktop could not open { $path } ({ $detail }). Open it by hand from that place.
message-cannot-open-gone = { $path } is no longer there. Fetch it again, or remove its row from the list.
message-cannot-open-no-program = { $path } cannot be opened from here: the program { $program } is not installed. Install it, or open the file from that place.
message-no-notifications = The desktop shows no notifications ({ $detail }). Events are listed here and, with --exec-run, can start your own command.
message-journal-written = The log was written to { $path }, without secrets.
message-provider-file-broken = The provider file { $file } is invalid: { $detail }. Correct it; nuee catalog check shows all that is wrong.
message-unknown-entry = No catalogue has { $id }. nuee catalog list shows what there is.
message-unknown-entry-meant = No catalogue has { $id }. Did you mean { $meant }? nuee catalog list shows all.
message-not-yet-published = Not yet published; no due time known. With --wait 2h, the command waits.
message-not-yet-published-due = Not yet published; due { $due }. With --wait 2h, the command waits.
message-compressed-damaged = { $name }: the { $compression } data is damaged ({ $detail }). Nothing was put in place; download the file again.
message-decompresses-too-large = { $name } decompresses to more than 200 times its size. It was refused.
message-length-not-told = { $url } does not state the length of the file. It is downloaded to its end and cannot be resumed: after an interruption it starts again from the beginning.
message-name-misfit = { $misfit }. The headers of the files are read instead of their names.
message-not-yet-there = Not yet published: { $lacking }.
message-lacking-by-index = What is missing is missing in the index { $place }: { $compared } of its { $messages } messages were compared with the file, the others were not.
message-waiting-for-server = { $host }: { $reason }. Retrying in { $wait }.
message-waiting-for-rate-limit = { $host } allows { $most } requests per minute. Continuing in { $wait }.
message-waiting-for-publication = Not everything is published yet; waiting.
message-waiting-for-publication-due = Not everything is published yet; due { $due }; waiting.
message-no-longer-kept = The provider no longer keeps that run: only runs since { $oldest }.
message-no-such-run = No run starts at { $time }. nuee catalog show names the hours at which runs start.
message-listing-is-old = { $url }: { $reason }; its listing of { $fetched } is used.
message-newer-run-unknown = Whether the run of { $run } is published is not known: { $url }: { $reason }. The newest run that is known is taken.
message-fetched-files-removed = { $n ->
        [one] { $n_txt } announced file was removed, as the settings say.
       *[other] { $n_txt } announced files were removed, as the settings say.
    }
message-too-many-brokers = { $place } was not added: there can be at most { $most } brokers. Remove one first.
message-too-many-rules = The rule for { $filter } was not set: there can be at most { $most } rules. Remove one first.
message-rule-unreadable = The rule for { $filter } cannot be read and no longer applies. Set it again.
message-too-many-pins = { $filter } was not pinned: there can be at most { $most } pinned topics. Unpin one first.
message-messages-dropped = { $place }: { $n ->
    [one] { $n_txt } message arrived faster than it could be processed and was dropped.
    *[other] { $n_txt } messages arrived faster than they could be processed and were dropped.
} Subscribe to fewer topics.
message-announcement-forgotten = The file was not downloaded: its announcement is no longer in view. Ask the broker's archive for it, or wait until it is announced again.
message-already-here = The same file is already downloaded as { $path }; it is not downloaded again.
message-files-lost = Downloaded files are not as they were left: transfers with a missing file: { $missing }, with a changed one: { $changed }. Fetch them again from the list.
message-files-right = { $name }: the files were read again and are correct.
message-files-wrong = { $name }: a file on the disk is missing or not what was downloaded. Fetch it again.
message-nothing-to-check-by = { $path } cannot be checked again: no checksum was kept when it was downloaded.
message-request-forgotten = { $name } cannot be fetched again from here: what was requested is no longer known.
message-stopped = Stopped. Downloaded data is kept; the same command resumes from there.
message-internal = A part of the program failed that should not: { $detail }. Please report it.

# Why a source gives nothing.

reason-no-answer = no answer
reason-connection-refused = connection refused
reason-closed = closed the connection
reason-name-not-found = host name not found
reason-name-service-silent = no name server answers
reason-offline = this computer is offline
reason-proxy = the proxy { $proxy }: { $reason }
reason-host-not-allowed = the administrator of this computer allows only other hosts
reason-tls = no secure connection: { $detail }
reason-address-refused = leads to { $class }, which a file must not name; --allow-local permits it
reason-scheme-refused = addresses of the kind { $scheme } are not used
reason-redirect-refused = redirects to where it must not
reason-too-many-redirects = redirects without end
reason-status = answers { $status }
reason-busy = is busy (answers { $status })
reason-busy-wait = is busy (answers { $status }), asks to wait { $wait }
reason-web-page = sends a web page instead of data: a login page (captive portal) or an error page
reason-over-limit = limits the number of requests (“{ $words }”)
reason-odd-status-line = sends an invalid status line, as some services do when their request limit is reached
reason-wrong-file = sent other bytes than were announced
reason-wrong-range = sends another part than was requested ({ $told })
reason-wrong-length = the file is { $told } long there, not { $expected }
reason-range-ignored = sends the whole file instead of a part
reason-encoded = sends the data encoded ({ $name })
reason-not-http = does not speak HTTP
reason-stalled = timed out
reason-changed = the file changed there meanwhile
reason-wrong-data = sent wrong data ({ $count ->
    [one] piece { $pieces }
   *[other] pieces { $pieces }
})
reason-no-peers = no peers
reason-peers-silent = peers sent nothing for { $time }
reason-tracker-refused = the tracker refuses: { $words }
reason-tracker-warns = the tracker warns: { $words }
reason-not-a-tracker = does not answer as a tracker does
reason-not-a-listing = sends something else than a listing ({ $detail }); has the service changed?
reason-no-url = has no address for a file that is missing: its path holds “.” or “..”, or is too long
reason-not-as-left = { $count ->
        [one] { $file } was changed, moved or removed since it was verified: it is uploaded no longer
       *[other] { $file } and { $count } files in all were changed, moved or removed since they were verified: they are uploaded no longer
    }
reason-other = { $words }

class-loopback = this computer itself
class-private = a private network
class-link-local = the local link
class-shared = a provider's inner network
class-other = an unassigned address

# Sources.

source-swarm = peers
source-web-seed = web seed
source-mirror = server
source-inline = announcement
source-disk = disk
source-peer = peer
source-tracker = tracker
source-dht = DHT
source-local-network = local network

# Verdicts: a method and a voucher, always together.

verdict-piece-hashes = verified by piece hashes
verdict-indexed-digest = verified by the digests of an index
verdict-announced-digest = verified by an announced { $algorithm }
verdict-structure = structure only; no digest was published
verdict-not-read-again = { $verdict }; verified on { $date }, not read again
verdict-mismatch = WRONG: announced { $announced }, computed { $computed }
verdict-not-announced = not verified: no digest was published
verdict-cannot-be-verified = cannot be verified: the publisher named { $named }
verdict-unreadable-digest = the published digest cannot be read
verdict-not-checked = not checked
voucher-host-tls = source of trust: { $host } (TLS)
voucher-host-plain = source of trust: { $host } (without TLS)
voucher-broker-tls = announced on { $host } (TLS)
voucher-broker-plain = announced on { $host } (without TLS)
voucher-person = source of trust: the .torrent, index or digest you provided
voucher-nobody = no source of trust

# The road.

road-whole-files = whole files
road-pieces = whole pieces, since only they can be verified
road-proven-ranges = exact ranges by HTTP, verified by the index
road-ranges = exact ranges by HTTP; no digests were published
road-no-index = the whole file, since nothing says where its fields lie
road-decompressed = the whole file, since it is compressed: fields are cut out after decompression
road-on-disk = from the disk

# The terminal.

cli-plan = { $wanted } wanted, { $transfer } to transfer: { $road }
cli-plan-fields = { $fields ->
    [one] one field, { $wanted } wanted, { $transfer } to transfer: { $road }
   *[other] { $fields } fields, { $wanted } wanted, { $transfer } to transfer: { $road }
}
cli-plan-index = { $octets } read to find them
cli-plan-lacking = not found: { $lacking }
cli-plan-others = Other routes:
cli-plan-only = Nothing was downloaded.
cli-progress = { $held } of { $wanted } · peers { $peer_rate } ({ $peers }) · HTTP { $http_rate } · { $left } left
cli-progress-resolving = looking at { $name }
cli-giving = Uploading at { $rate } to { $peers } peers · { $given } uploaded
cli-giving-begins = All files are in place. This command { $until }; Ctrl-C ends it.
giving-until-time = until { $time }
giving-until-day = until { $day } { $time }
giving-until = uploads { $end }
giving-until-ratio-short = uploads { $end } or { $ratio }×
giving-end-or-ratio = { $end } or { $ratio }×
giving-until-ratio = uploads until { $ratio } times its size was uploaded ({ $so_far } so far), at most { $end }
cli-file = { $path } · { $size } · { $verdict }, { $voucher }
cli-done = { $size } in { $time }: { $sources }
cli-done-none = Nothing was missing.
cli-part = { $source } { $size } ({ $share })
cli-wasted = { $size } wasted
cli-trouble = { $kind } { $label }: { $reason }
cli-trouble-of-kind = { $kind }: { $reason }
cli-set-aside = { $kind } { $label } was not used any more: { $reason }
cli-usage-unknown = There is no option { $argument }.
cli-usage-missing = { $argument } is missing.
cli-usage-value = Invalid value for { $argument }: { $value }
cli-usage-subcommand = There is no command { $argument }.
cli-usage-other = { $detail }
cli-usage-missing-value = { $argument } needs a value.
cli-usage-conflict = { $argument } cannot be used with { $other }.
cli-usage-forms = Accepted: { $forms }
cli-usage-meant = Did you mean { $meant }?
cli-usage-all = Run nuee --help for the list of commands.
cli-usage-more = Run nuee { $command } --help for more.
forms-lead = 6 (hours), 6..9, 0..24/3, 15min; several with commas
forms-param = 2t,10u; TMP; 0/0/0 (discipline/category/number); "temperature at 2 m"; @surface @wind @rain @sky @waves
forms-level = 2m, 850hPa, surface, msl; several with commas
forms-member = 0, 1..5, control, mean; several with commas
forms-run = latest, latest-complete, 2026-11-20T06Z, or two times with .. between them
forms-folder = text with fields in braces, such as '{"{"}run:%Y%m%d%H{"}"}/{"{"}package{"}"}'
forms-time = 30s, 10min, 2h, 7d
forms-seed-for = 30s, 10min, 2h; at most 7d
forms-seed-ratio = a number from 0.01 to 100, such as 1.5
forms-number = a whole number
forms-rate = 500k, 2M, 2MiB (per second; at least 32KiB)
forms-size = 500M, 20G, 2GiB
forms-topic = cache/a/wis2/#, with + for one level and # for all below (last only), or v02.post.*.WXO-DD.#
forms-broker-heard = mqtt://HOST:1883, mqtts://USER:PASSWORD@HOST:8883, ws://…, wss://…, amqps://USER:PASSWORD@HOST:5671/VHOST?queue=NAME
forms-broker = mqtt://HOST:1883, mqtts://USER:PASSWORD@HOST:8883, ws://…, wss://…
forms-id = PROVIDER/DATASET or PROVIDER/DATASET/PACKAGE, such as meteo-france/arome-0.01/SP1; nuee catalog list shows all
forms-contact = an e-mail address or a web site, in one word
forms-archive = https://HOST/…/collections/NAME
help-help-command = Show the help of a command
help-help-which = The command, such as get or follow add; all commands when left out
help-completions = Print a completion script for a shell, or a manual page
help-completions-kind = bash, zsh, fish, powershell; or man for a manual page
help-completions-command = With man: the command whose page is printed
help-completions-example = Examples:
      nuee completions bash > ~/.local/share/bash-completion/completions/nuee
      nuee completions zsh > ~/.zfunc/_nuee
      nuee completions fish > ~/.config/fish/completions/nuee.fish
      nuee completions man get | man -l -
help-get-print-paths = Print the path of each file on standard output, one per line, and everything else on standard error
help-get-entries = Datasets that can be named as TARGET (nuee catalog list describes them):
cli-window-deaf = Nuée is already running but not responding. Close it, or end its process, and start again.
cli-window-no-folder = Nuée cannot write its own folder: { $what }. Change its rights and start again; in the terminal: nuee get --help.
cli-window-missing = The window is not in this release. In the terminal: nuee demo, nuee get --help.
cli-served = { $what }: { $url }
cli-serving = Serving until Ctrl-C.
cli-published = { $torrent }: { $size } in { $n ->
    [one] 1 piece
   *[other] { $pieces } pieces
}, info-hash { $hash }
cli-index-summary = { $n ->
    [one] 1 field
   *[other] { $fields } fields
} in { $size }; { $read } read in { $time }
cli-index-narrow = The terminal is too narrow for every column; --json lists all of them.
cli-index-heads = message, offset, length, run, lead time, field, level, member
cli-verify-line = { $path } · { $size } · { $verdict }, { $voucher }
cli-verify-partly = { $path } · { $size } · verified in part: { $right } of { $all } pieces by their hashes, { $voucher }
cli-verify-not-verified = { $path } · { $size } · not verified: nothing of it could be checked
cli-verify-broken = { $path } · { $size } · broken GRIB
cli-verify-not-grib = { $path } · { $size } · not GRIB, and no .torrent, index or digest to check it against
cli-verify-failed = { $path } · { $problem }
cli-listen-listening = Connected to { $broker } ({ $protocol }).
cli-listen-waiting = Cannot connect to { $broker }: { $reason }. Next attempt in { $seconds } s.
cli-listen-filter-refused = { $broker } refuses the subscription to { $filter }: { $reason }
cli-listen-heard = { $time }  { $verdict }  { $lag }  { $name }
cli-listen-file = { $path } · { $size } · { $verdict }, { $voucher }
cli-listen-refused = { $key } was refused: { $detail }. Nothing was put in its place.
cli-listen-failed = { $key } could not be downloaded: { $reasons }
cli-listen-not-settled = { $key }: { $detail } It is tried again at the next start.
cli-listen-not-fetched = { $key } is not fetched: { $detail }
cli-listen-dropped = { $count } messages arrived faster than they could be processed and were dropped.
cli-listen-summary = { $messages } messages ({ $deviant } deviant, { $invalid } invalid), { $news } new files, { $files } in place, { $refused } refused, { $failed } failed; lag: mean { $mean }, median { $median }, 95th percentile { $p95 }, maximum { $max }
cli-listen-source = { $source }: mean { $mean }, maximum { $max }
cli-listen-gap = Not connected from { $from } to { $to }, and the broker kept no messages.
cli-listen-caught-up = The archive had { $count } announcements from { $from } to { $to }.
cli-listen-not-caught-up = The archive gave nothing from { $from } to { $to }; what it has is unknown: { $reason }
archive-long-pages = its pages are too long: { $n ->
    [one] { $n_txt } announcement was left out
    *[other] { $n_txt } announcements were left out
}
archive-more-pages = it has more than { $n } pages
cli-listen-missed = Some may be missing: { $reason }
cli-listen-never = { $broker } was never connected.
cli-listen-apart = { $count } messages are kept apart from the lag: queued while away, retained, sent again or replayed.
broker-version = it does not speak this version of MQTT
broker-credentials = it refuses user or password; write them as mqtts://USER:PASSWORD@HOST or amqps://USER:PASSWORD@HOST
broker-refused = it refuses ({ $detail })
broker-no-virtual-host = it has no virtual host "{ $name }", or this user may not use it; a URL names it behind the host ({ $detail })
broker-no-exchange = it has no exchange "{ $name }", or this user may not read it; the exchange is the first level of a topic ({ $detail })
broker-no-queue = this user may not declare or read the queue "{ $name }" ({ $detail })
broker-queue-removed = the queue "{ $name }" was removed there
broker-other-protocol = it does not speak AMQP 0-9-1 there ({ $detail })
broker-taken-over = session taken over: another client came with the same client id
broker-tls = TLS failed ({ $detail })
broker-address-refused = its name leads to an address that is not allowed
broker-name-not-found = its name is unknown; check the URL
broker-hung-up = it closed the connection without a reason
broker-lost = no connection ({ $detail })
cli-inspect-torrent = .torrent { $verdict }: { $name }, { $size } in { $files } { $n ->
    [one] file
   *[other] files
 }, { $n_pieces ->
    [one] 1 piece
   *[other] { $pieces } pieces
 } of { $piece_length }
cli-inspect-compressed = Compressed with { $compression }; offsets count in the decompressed data
cli-inspect-grib = GRIB: { $n ->
    [one] 1 field
   *[other] { $fields } fields
 } in { $n_messages ->
    [one] 1 message
   *[other] { $messages } messages
 }, { $size }
cli-inspect-index = index of { $entries } messages{ $digests }
cli-inspect-with-digests = , each with its SHA-256
cli-inspect-announcement = announcement ({ $dialect }) { $verdict }: { $name }
cli-inspect-event = monitoring event { $verdict }: { $name }
cli-inspect-record = record of a dataset { $verdict }: { $name }
cli-inspect-unknown = { $size } of something that is neither a .torrent nor GRIB nor an index
cli-inspect-begins = ! It begins with { $beginning }
cli-inspect-server-good = its server accepts range requests: it can be a web seed
cli-inspect-server-bad = its server cannot be a web seed: { $reason }
cli-inspect-no-ranges = it does not accept range requests
cli-show-heads = #, parameter, level, lead time, min, max, mean, missing, unit
cli-show-summary = { $n ->
    [one] { $fields } field
   *[other] { $fields } fields
 }, { $failed } not decoded
cli-show-all-missing = all missing
decode-message = not a whole message
decode-section = a section is too short
decode-data = the data end before the last value
decode-packing = packing template { $number } is not read
decode-packing1 = a packing of GRIB1 that is not read (flags { $flags })
decode-spectral = spectral coefficients: no values at points
decode-grid = grid template { $number } is not read
decode-grid1 = grid type { $number } of GRIB1 is not read
decode-bitmap = predefined bitmap { $number } is not known
decode-points = too large: { $points } points, more than { $most }
decode-long = too long: { $size }, more than { $most }
decode-contra = invalid: { $detail }
decode-image = invalid image: { $detail }
decode-given = interrupted
cli-run = run
cli-lead = lead

# The demo.

demo-welcome = A small publisher runs in this process: a synthetic model run, marked DEMO. Catalogue:
demo-catalogue-line = { $name } · { $size } · lead times { $leads }
demo-choose = Two lead times are downloaded: { $first } from peers, then { $second } while the peers leave.
demo-peers-leave = The peers have left. The web seed takes over.
demo-table = Bytes by source
demo-table-heads = file, peers, web seed, verdict, trust
demo-slice = One lead time out of the file of all lead times, by its index: { $lead }.
demo-done = Every file is in its place and verified. The publisher has stopped and removed what it made.
demo-kept = Every file is in its place and verified, in { $dir }.
demo-failed = Demo failed.
demo-serving = The demo publisher serves until it is stopped.
demo-serving-catalogue = Its catalogue, from another terminal: nuee get demo/arome-0.01/SP1 --run latest --lead 6..9 --providers {$dir} --allow-local

# The second part of the demo: a relay and two clients.

relay-demo-offer = Second part of the demo: a relay downloads a run once from a publisher without torrents; two clients download it from the relay and from each other. Synthetic data (DEMO), all on this computer, about ten seconds.
relay-demo-start = Show the relay
relay-demo-begins = The DEMO publisher makes its run …
relay-demo-published = Second part. A DEMO publisher without torrents has a run of { $files } files, { $size }. A relay downloads it once.
relay-demo-relaying = The relay announces { $offered } of { $files } files; the publisher has sent { $sent }.
relay-demo-relayed = The relay announces all { $files } files; the publisher has sent { $sent } ({ $copies } copies). Two clients use the relay and download the run at the same time.
relay-demo-receiving = The clients have { $held } of { $wanted }; the publisher has sent { $sent }.
relay-demo-title = Copies spared by the relay (DEMO)
relay-demo-sent = Sent by the publisher: { $sent } ({ $copies } copies), of which { $relay } to the relay.
relay-demo-classic = Two classic downloads would have cost it { $size } ({ $copies } copies).
relay-demo-received = The two clients have { $size } of verified files ({ $copies } copies).
relay-demo-transferred = They received { $relay } from the relay, { $clients } from each other, { $publisher } from the publisher; { $wasted } of it was not needed.
relay-demo-spared = Copies spared: { $copies }, which is copies received by the clients less copies sent by the publisher.
relay-demo-client = Client { $number }: { $files } files verified by piece hashes; trust: { $trust }.
relay-demo-trust-both = { $checked }; { $only }
relay-demo-trust-only = { $n ->
    [one] only this relay vouches for { $n_txt } file
   *[other] only this relay vouches for { $n_txt } files
}
relay-demo-trust-checked = { $n ->
    [one] checked at the publisher's server: { $right } of { $pieces } pieces in { $n_txt } file
   *[other] checked at the publisher's server: { $right } of { $pieces } pieces in { $n_txt } files
}
relay-demo-no-peers = The second part of the demo, a relay and two clients, needs a build with peers (feature swarm).
relay-demo-not-started = The second part of the demo does not start: { $detail }
relay-demo-too-late = The second part of the demo was stopped after { $seconds } s.
relay-demo-stopped = The second part of the demo was stopped.

# Help.

help-about = Weather-model and observation data by swarm and by mesh: one verified lead time, from many sources
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
help-demo = Run a demo with a built-in publisher of synthetic data
help-demo-long = Starts a small publisher in this process (a synthetic model run, a tracker, a peer, a web seed), downloads two lead times from it, lets the peers leave half way, and shows which bytes came from which source and how they were verified. Then a relay downloads a run once, two clients download it from the relay and from each other, and the copies spared to the publisher are printed. Contacts nothing outside this computer.
help-demo-headless = In the terminal, without a window
help-demo-serve = Only serve: print the URLs as one JSON line and stay until stopped
help-demo-dir = Keep the files in this folder
help-get = Download files, or only some lead times, parameters and levels of them
help-get-long = Downloads what a .torrent, a magnet, the URL of a data file or an id of a catalogue names: from peers first, from HTTP where peers do not suffice. With --lead, --param or --level only those fields are downloaded, into one file. Every file is checked before it gets its name; the same command resumes an interrupted download.
help-get-target = A .torrent (path or URL), a magnet, the URL or path of a GRIB file, or an id of a catalogue such as noaa/gfs-0.25
help-get-run = Run of a catalogue entry: latest, latest-complete, 2026-11-20T06Z, or two times with .. between them
help-get-lead = Lead times: 6 (hours), 0..24, 0..24/3, 15min; several with commas
help-get-param = Parameters: 2t,10u or TMP or 0/0/0 (discipline/category/number), in words ("temperature at 2 m"), or a choice: @surface @wind @rain @sky @waves
help-get-member = Members of an ensemble: numbers, spans, control, mean, spread. For example 0,1..5 or control.
help-get-level = Levels: 2m, 850hPa, surface
help-get-split = param: a file for each parameter
help-get-provenance = Write a JSON file beside each file: its sources, how it was verified, its digest and its licence
help-get-dry-run = Print what it would cost by each route, and download nothing
help-get-partial = Exit 0 although a parameter, level or lead time that was named is not found
help-get-recheck = Read and check files that are in place again, instead of trusting their size and times
help-get-folder = Folder below DIR for entries of a catalogue, with gaps: '{"{"}run:%Y%m%d%H{"}"}/{"{"}package{"}"}'
help-get-within = Time after the start of its run by which a file should be downloaded (4h): HTTP joins when peers alone would be later
help-get-files = Files of a torrent, with * and ?
help-get-out = Folder for the files (default: this folder)
help-get-via = Sources to use: swarm-first (default), fastest, swarm-only or http-only
help-get-peer = A peer to connect to, HOST:PORT; may be repeated
help-get-web-seed = One more URL to download from; may be repeated
help-get-seed-for = Keep uploading to peers for this time after the files are in place: 30s, 10min, 2h; at most 7d (default: only while downloading). Ctrl-C ends it
help-get-seed-ratio = Keep uploading until so many times the size was uploaded (1.5), for at most an hour or the time of --seed-for
help-get-no-seed = Upload nothing to peers
help-get-limit-down = Download limit, in bytes per second: 500k, 2M (default: none)
help-get-limit-up = Upload limit, in bytes per second: 500k, 2M (default: none)
help-get-connections = Connections to one HTTP server at a time (default: 2)
help-get-wait = How long to wait for a folder in use, or for data not yet published: 30s, 10min (default: do not wait)
help-get-keep-compressed = With a selection: keep a compressed file as downloaded when it holds what was selected. By default what is selected is cut out of it after decompression; whole files always stay as downloaded
help-retries = Retries of a request that timed out, lost its connection, or was answered 429 or 5xx: 0 to 20; default 4
help-get-example = Examples:
      nuee get run.torrent --lead 12
      nuee get https://example.org/gfs.t00z.pgrb2.0p25.f006 --param 2t,10u,10v
      nuee get run.torrent --files '*SP1*' --out data --seed-for 1h
help-listen = Subscribe to a broker; with --download, download what is announced
help-listen-long = Connects to a broker of MQTT (mqtt, mqtts, ws, wss) or AMQP 0-9-1 (amqp, amqps), subscribes to the topics, and shows what is announced: WIS2, Sarracenia and wmo_mesh alike, with its lag and its deviations. With --download the announced files are downloaded, each verified by the announced digest, warnings before observations before models; after an interruption the same command misses nothing that the broker kept.
help-listen-broker = URLs of brokers: mqtts://everyone:everyone@HOST:8883, amqps://anonymous@HOST; what several of them announce alike is fetched once
help-listen-topic = A topic, with + for one level and # for all below, or as AMQP writes it: v02.post.#; may be repeated; holds for every broker
help-listen-download = Download the announced files
help-listen-out = Folder for the files
help-listen-match = Download only files in whose name this regular expression is found
help-listen-most = Download only files announced with at most this size: 50MB
help-listen-most-per-day = Download at most this many bytes a day (default 20 GB)
help-listen-follow-torrents = Also follow a .torrent of whose file no digest was announced
help-listen-lead = Download only files whose name has one of these lead times: 6, 0..24
help-listen-folder = Folders below --out, filled in for each file from centre, date, hour, run and source, each in braces
help-listen-archive = Archive to ask for missed announcements: a collection of a Global Replay or of a node's archive (OGC API)
help-listen-since = Ask the archive at the start for the announcements of this time: 6h
help-listen-count = End after this many announcements
help-listen-seconds = End after this many seconds
help-index = List the fields of a GRIB file with their lead times, or write an index
help-index-target = File or URL
help-index-idx = Write an index as wgrib2 does
help-index-index = Write a slice index: JSON lines with the SHA-256 of each message
help-inspect = Say what a file or URL is, and what is wrong with it
help-inspect-target = File or URL
help-show = Decode the fields of a GRIB file: minimum, maximum, mean, missing points
help-show-long = Decodes each field of a GRIB file and prints its name, level, lead time, unit, minimum, maximum and mean. The mean counts every point alike. A field that cannot be decoded is listed with the reason; the others are not affected.
help-show-target = File or URL
help-verify = Check files against a .torrent, an index or a digest
help-verify-paths = Files and folders
help-verify-against = A .torrent, an index, or a digest such as sha256:…; what lies beside the file otherwise
help-publish = Make slice indexes and a .torrent of files, and serve them
help-publish-long = Makes a slice index beside each GRIB file and one canonical .torrent: the same bytes always have the same info-hash. With --serve, also an HTTP server, a tracker and a peer.
help-publish-paths = Files and folders
help-publish-tracker = A tracker to name; may be repeated
help-publish-web-seed = A URL where the files will lie; may be repeated
help-publish-split = First cut each file, also those of a folder, into one for each lead time
help-publish-serve = Serve them until stopped; on this computer only, unless --bind
help-publish-bind = Address to serve on, as HOST:PORT
help-publish-base-url = Address under which others reach what is served (http or https); the listening address by default
help-publish-private = A private torrent: its peers are found by its trackers alone, and its info-hash is not the canonical one
cli-reached = reached from another network at { $at }
help-publish-out = Folder for what is made; beside the files otherwise

# Window: shell, rail, status bar, palette, toasts.

place-sources = Sources
place-hours = Hours
place-transfers = Transfers
place-announcements = Announcements
place-followed = Followed
place-sharing = Sharing
place-fields = Fields
followed-note = New lead times of these datasets are downloaded automatically while Nuée is open. Choose lead times and press “Follow” to add one.
followed-empty = Nothing is followed.
followed-empty-next = Choose lead times of a dataset on the screen Hours and press “Follow”: they are then downloaded of each new run, as soon as they are published.
followed-to-hours = Go to Hours
followed-none-found = Nothing that is followed contains “{ $find }”.
followed-head-what = Dataset and lead times
followed-head-due = Next due
followed-head-success = Last download
followed-head-state = State
followed-due-now = due since { $since }
followed-due-unknown = not known
followed-fetched = { $n ->
    [one] { $n_txt } lead time
   *[other] { $n_txt } lead times
}
followed-leads = lead times { $leads } h
followed-all-leads = all lead times
followed-members = members { $members }
followed-paused = paused
followed-active = up to date
followed-source-failed = source not reachable
followed-hour-failed = The last lead time could not be downloaded. { $why }
followed-hour-failed-short = last lead time failed
followed-again = Next check at { $at }.
followed-row = { $title }, { $hours }, next due: { $due }, last download: { $success }, { $state }
followed-look = Check now
followed-look-name = Check now what is published of { $name }
followed-pause = Pause
followed-pause-name = Pause following { $name }
followed-resume = Resume
followed-resume-name = Resume following { $name }
followed-stop = Stop
followed-stop-name = Stop following { $name }
followed-is-paused = It is paused. Resume it first.
followed-stopped = { $name } is followed no longer. Files stay.
follow-in-window = { $name } (window): lead times { $leads } · { $fetched } lead times downloaded, last { $success } · next due { $due } · { $state }
hours-follow-torrent = A .torrent has no further runs. Datasets of a provider can be followed.
handed-look = Show its fields
fields-none = No file is open.
fields-none-next = Drop a GRIB file on the window, choose one on the screen Sources, or paste the URL of one: its fields are listed here. “nuee FILE” opens one as well.
fields-to-sources = Go to Sources
fields-being-read = The file is being read.
fields-being-read-next = Only its headers are read, or an index beside it; a large file on a server takes a moment.
fields-not-read = The file could not be read.
fields-again = Read again
fields-close = Close
fields-download = Download this file
fields-other = This is { $kind }.
fields-other-next = No field of GRIB is in it. Its first bytes say what it is; “nuee inspect” says more.
fields-count = { $n ->
    [one] { $n_txt } field
   *[other] { $n_txt } fields
}
fields-run = run of { $run }
fields-runs = runs from { $first } to { $last }
fields-problems = { $n ->
    [one] One problem in this file:
   *[other] { $n_txt } problems in this file:
}
fields-no-fields = No field can be read in this file.
fields-no-fields-next = The problems are listed above.
fields-none-found = No field contains “{ $find }”.
fields-head-param = Parameter
fields-head-name = Name
fields-head-unit = Unit
fields-head-level = Level
fields-head-lead = Lead time
fields-head-member = Member
fields-head-grid = Grid
fields-head-size = Size
fields-row = { $param }, { $name }, unit { $unit }, level { $level }, lead time { $lead }, member { $member }, grid { $grid }, { $size }
mesh-topic-dropped = No longer subscribed to { $filter }.
transfers-of-announcement = It was announced by a broker. Fetch it again on the screen Announcements.
place-journal = Log
place-settings = Settings
window-no-display = There is no display here, so there is no window. In the terminal: nuee demo --headless shows how it works, nuee get --help the rest.
window-missing = The window needs a library or driver that is not here: sudo apt install { $package }. Without it, in the terminal: nuee get --help, nuee demo --headless.
window-refused = The window does not open: { $detail }. In the terminal: nuee get --help, nuee demo --headless.
toast-close = Dismiss
banner-crashed = { $n ->
    [0] Nuée crashed last time. Details are in { $report }.
    [one] Nuée crashed last time. Details are in { $report }; { $n_txt } transfer resumes from where it was.
   *[other] Nuée crashed last time. Details are in { $report }; { $n_txt } transfers resume from where they were.
}
banner-clock = The clock of this computer was moved. For ten minutes nothing is removed by age or called late.
leaving-title = Close now?
leaving-note = { $n ->
    [one] { $n_txt } transfer is under way. Downloaded data is kept; it resumes at the next start.
   *[other] { $n_txt } transfers are under way. Downloaded data is kept; they resume at the next start.
}
leaving-stay = Stay
leaving-close = Close
help-title = First steps and keys
help-step-1 = 1. Sources: open a dataset, or add a .torrent, a magnet or a URL.
help-step-2 = 2. Hours: drag over the lead times that you want, then download.
help-step-3 = 3. Transfers: see which bytes come from which source, and how they are verified. “Follow” in Hours downloads each new run automatically.
help-key-places = the screens, in the order of the rail
help-key-find = find on this screen
help-key-palette = everything that can be done, by name
help-key-log = the log
help-key-zoom = zoom in, zoom out, reset zoom
help-key-arrows-name = Arrows, Space, Enter
help-key-arrows = move, choose, open; in tables and on the matrix
help-key-tab-name = Tab, Esc
help-key-tab = to the next control; close what is open
help-key-help = this page
help-close = Close
palette-name = Command
palette-hint = Type what you want to do
palette-none = No command of that name.
palette-go = Go to: { $place }
palette-pause-all = Pause all transfers
palette-go-on-all = Resume all paused transfers
palette-light = Light colours
palette-dark = Dark colours
palette-system-theme = Colours as the system
palette-larger = Larger
palette-smaller = Smaller
palette-usual-size = Reset zoom
palette-help = First steps and keys
palette-quit = Close Nuée
rail-with-count = { $title }, { $n_txt }
find-name = Find on this screen
find-hint = Find  (Ctrl+F)
status-received = ↓ { $rate } · { $share } from peers
status-received-none = ↓ { $rate }
status-received-say = Downloading at { $rate }, { $share } of it from peers
status-received-none-say = Nothing is being downloaded
status-given = ↑ { $rate } · { $sum } uploaded
status-given-say = Uploading at { $rate } to peers; { $sum } uploaded since the program began
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
status-offline = offline
status-offline-say = This computer has no network: what is shown was read before.
status-free-say = { $free } free in { $folder }
status-clock-say = { $utc } UTC, { $local } on this computer

# Window: first page and what was handed over.

choose-folder = Choose…
choose-file = Choose…
picker-missing = No dialog appeared. Type the path here, or install xdg-desktop-portal.
welcome-intro = Weather-model data from other users and from its publishers, every byte verified.
welcome-language = Language
welcome-language-found = found on this computer
welcome-folder = Folder for the files
welcome-source = A source
welcome-source-name = URL, path or magnet of a source
welcome-source-hint = https://…   magnet:…   or a path
welcome-source-later = May stay empty: sources can be added at any time.
welcome-source-known = Known already: { $names }. May stay empty.
welcome-choice = How should files arrive?
welcome-share = Share with other users (download and upload)
welcome-share-note = Runs arrive sooner, and the publishers' servers are spared. Peers see your IP address. These data are open: their licences (Licence Ouverte / Etalab 2.0, CC BY 4.0, public domain) allow sharing them.
welcome-share-cap = The upload is limited to { $rate }; that can be changed at any time.
welcome-share-no-cap = The upload is not limited; that can be changed at any time.
welcome-http = HTTP only
welcome-http-note = Only the publishers' servers are contacted. No other user sees your IP address; nothing is uploaded.
welcome-nothing-yet = Nothing has been contacted so far. Both can be changed in the settings.
handed-title = Download this?
handed-yes = Download it
handed-no = Do not download
handed-files = { $n ->
    [one] { $n_txt } file, { $size }
   *[other] { $n_txt } files, { $size }
}
handed-hosts = { $n ->
    [one] This host would be contacted:
   *[other] These { $n_txt } hosts would be contacted:
}
handed-more-hosts = { $n ->
    [one] and { $n_txt } more
   *[other] and { $n_txt } more
}
handed-no-hosts = It names no host. Nothing was contacted so far.
handed-waiting = { $n ->
    [one] { $n_txt } more waits for an answer.
   *[other] { $n_txt } more wait for an answer.
}
announcements-none = No broker is connected.
announcements-next = Choose one above: what it announces appears here, with its lag, its deviations and its verified files. Nothing is contacted before.

# Window: Sources.

sources-add-name = URL, path or magnet of a source
sources-add-hint = URL, path or magnet of a catalogue, .torrent or GRIB file
sources-add = Add
sources-add-empty = Type or paste an address first.
sources-add-too-long = That is too long to be an address.
sources-choose-file = Choose a file…
sources-dialog-open = The dialog is open.
sources-no-dialog = No file was chosen. If no dialog appeared, install xdg-desktop-portal, or type the path above.
sources-drop-here = { $count ->
    [one] Let it go: a .torrent becomes a source, a GRIB file is opened
   *[other] Let them go: of { $n } files, .torrents become sources and GRIB files are opened
}
sources-drop-hint = Files can be dropped on the window, links pasted.
sources-empty = No source yet.
sources-empty-next = Paste the address of a catalogue or a .torrent above, or drop a .torrent on the window. A GRIB file is opened to show its fields.
sources-none-found = No source and no dataset contains “{ $find }”.
sources-none-found-next = Empty the search field to see all.
sources-head-name = Source and dataset
sources-head-kind = Kind, grid
sources-head-newest = Newest run, UTC
sources-head-published = Published
sources-head-success = Last contact
sources-built-in = This source comes with the program.
sources-remove = Remove
sources-ask = Refresh
sources-notices = Notices
notices-title = { $source }: changes and outages
notices-asked = The service is being asked.
notices-unanswered = There is no answer.
notices-none = Nothing was announced, and nothing was seen to change.
notices-seen = Seen to change
notices-announced = Announced by the service
notices-old = The feed cannot be read now ({ $reason }); what follows was read { $ago }.
sources-asking-now = It is being refreshed.
sources-open-hours = Choose hours
sources-get-all = Download all
sources-magnet-is-mute = Contents are unknown until the metadata is downloaded. Download all.
sources-no-hours = The names of its files have no run and no lead time. Download all.
sources-lost = Not reachable for { $since }. { $why }
sources-offers-nothing = It answers, and offers nothing.
sources-no-run = no run
sources-dataset-row = { $title }, grid { $grid }, newest run { $newest }, published { $published }
sources-provider = provider
sources-catalogue = catalogue
sources-torrent = .torrent
sources-folder = folder
sources-broker = MQTT broker
sources-demo = demonstration
sources-not-tried = not contacted yet
sources-not-tried-since = not contacted since the start
sources-asking = refreshing
sources-answers = answers
sources-lost-short = not reachable
time-just-now = just now
time-ago = { $age } ago
sources-never = never

# Window: Hours.

hours-state-chosen = chosen
hours-state-none = no such lead time
hours-state-expected = not published yet
hours-state-late = late
hours-state-missing = missing at the source
hours-state-withdrawn = withdrawn
hours-state-unknown = unknown
hours-state-available = available
hours-state-queued = queued
hours-state-arriving = downloading
hours-state-arriving-share = downloading, { $share }
hours-state-partly-here = partly downloaded
hours-state-here = downloaded
hours-state-failed = failed
hours-size-unknown = size unknown
hours-size-exact = { $size } (exact)
hours-cell = run { $run }, lead time { $lead }, { $size }, { $state }, valid { $valid }
hours-tip-run = Run of { $day } { $run }, lead time { $lead }
hours-tip-valid = Valid { $day } { $hour } ({ $local } on this computer)
hours-tip-holds-less = Holds fewer fields than the other lead times of its run.
hours-tip-follow = Not published yet. “Follow” downloads it as soon as it is published.
hours-tip-missing = The provider published later ones without it; another run may have that valid time.
hours-tip-withdrawn = The provider withdrew it; another run may have that valid time.
hours-tip-unknown = Its listing could not be read, so whether it is published is not known.
hours-run = run { $run } of { $day }, { $published } of { $expected } lead times published
hours-run-unknown = { $run }, { $count } unknown
hours-run-delay = The newest was published { $delay } after its run time.
hours-run-choose = Press to choose the whole run; Ctrl adds it.
hours-head-run = Run, UTC
hours-head-day = Valid date
hours-head-valid-hour = Valid time, UTC
hours-head-lead = Lead time, h
hours-matrix = { $title }: { $runs }, { $leads }. Arrows move, Space chooses, Shift extends, Ctrl+A takes all, Enter downloads.
hours-reading-first = The catalogue is being read.
hours-reading-again = The catalogue is being read again; what is shown was read { $ago }.
hours-read = Catalogue read { $ago }.
hours-reading-failed = The catalogue could not be read. { $why }
hours-reading-failed-since = The catalogue could not be read; what is shown was read { $ago }. { $why }
hours-dataset = Dataset:
hours-being-read = The catalogue is being read.
hours-being-read-next = Runs appear here as they are found.
hours-not-read = The catalogue could not be read.
hours-no-runs = No run is published.
hours-no-runs-next = Refresh later, or open another dataset above.
hours-no-source = The source of this dataset was removed.
hours-ask-again = Refresh
hours-packages = Packages
hours-fields = Fields
hours-levels = Levels
hours-members = Members
hours-member-control = control
hours-member-mean = mean
hours-member-spread = spread
hours-all = all
hours-filter = { $name }: { $figure }
hours-take-all = All
hours-no-fields = The fields are known once an index was read.
hours-nothing-published = Nothing is published that could be chosen.
hours-preset-latest = Latest run, 24 h
hours-preset-day = Whole day, { $day }
hours-preset-no-day = Whole day
hours-preset-day-tip = Each hour of that day from the newest run that has it.
hours-preset-none = None
hours-columns = Columns
hours-by-lead = Lead time
hours-by-valid = Valid time
hours-by-valid-tip = One column is one valid time: runs can be compared.
hours-nothing-chosen = No lead time is chosen.
hours-how-to-choose = Drag over the cells; Shift extends, Ctrl adds. Or take the latest run above.
hours-choose-first = Choose lead times first: drag over the cells.
hours-asked = { $count ->
    [one] One lead time was asked for.
   *[other] { $n } lead times were asked for.
}
hours-asked-next = Their progress is shown in the cells above; the transfers show their sources and how they are verified.
hours-asked-here = They are downloaded; the transfers show their sources and how they were verified.
hours-asked-failed = { $count ->
    [one] One of them failed; its transfer says why and what to do.
   *[other] { $n } of them failed; their transfers say why and what to do.
}
hours-runs = { $count ->
    [one] { $n } run
   *[other] { $n } runs
}
hours-leads = { $count ->
    [one] { $n } lead time
   *[other] { $n } lead times
}
hours-of-runs = { $runs ->
    [one] of one run
   *[other] of { $n } runs
}
hours-chosen = { $count ->
    [one] One lead time { $runs } · { $size }
   *[other] { $n } lead times { $runs } · { $size }
}
hours-plan-asked = The cost is being calculated.
hours-transfer = To transfer: { $size }
hours-road = Route: { $road }
hours-ways-torrent = offered as torrent (faster)
hours-ways-classic = offered by URL (classic)
hours-ways-both = offered as torrent (faster) and by URL (classic)
hours-already-here = { $count ->
    [one] one already downloaded
   *[other] { $n } already downloaded
}
hours-from-peers = expected from peers: { $share }
hours-free = { $free } free
hours-show-transfers = Show transfers
hours-download = { $count ->
    [0] Download
    [one] Download one lead time
   *[other] Download { $n } lead times
}
hours-copy-command = Copy as command
hours-no-area = Sub-areas are not supported: fields are downloaded whole.
files-size = Size
files-changed = Changed
files-nothing-chosen = No file chosen. Press one; with Ctrl also, with Shift up to.
files-choose-first = Choose files first.
files-chosen = { $count ->
    [one] { $n } file chosen
   *[other] { $n } files chosen
} · { $size }
files-download = { $count ->
    [0] Download
    [one] Download { $n } file
   *[other] Download { $n } files
}
files-none-found = No file like this
files-none-found-next = Choose other values above, or search for something else.
hours-follow = Follow
hours-follow-tip = Download these lead times of each new run as it is published.
hours-all-here = Everything that is chosen is on the disk already.
hours-empty = No dataset yet.
hours-empty-next = A source offers datasets; each has its runs and lead times, which are chosen here.
hours-to-sources = Show sources
hours-none-open = No dataset is open.
hours-none-open-next = Open one to choose among its runs and lead times.

# Window: Transfers and detail.

transfers-slice = { $run } +{ $lead }{ $package }
transfers-head-name = File
transfers-head-size = Size
transfers-head-progress = Progress
transfers-head-rate = Rate
transfers-head-peers = Peers
transfers-head-http = HTTP
transfers-head-state = State and verification
transfers-head-given = Uploaded
transfers-head-added = Added
transfers-sort-by = Sort by: { $column }
transfers-row = { $name }, { $size }, { $progress }, { $rate }, peers { $peers }, share from HTTP { $http }, { $state }
transfers-state-removed = removed from the list
transfers-state-queued = waits for its turn
transfers-state-waiting = waits for the disk
transfers-state-next-try = next try at { $at }
transfers-state-paused = paused
transfers-state-resolving = being looked up
transfers-state-receiving = downloading
transfers-state-receiving-left = downloading, ≈ { $left } left
transfers-state-done = done
transfers-state-stopped = stopped; downloaded data is kept
transfers-proof = { $method } · { $voucher }
transfers-proof-pieces = verified by pieces
transfers-proof-index = verified by an index
transfers-proof-announced = verified by announced { $algorithm }
transfers-proof-structure = structure only; no source of trust
transfers-voucher-person = provided by you
transfers-failed = failed
transfers-failed-no-source = failed: no source
transfers-failed-not-proven = failed: not what was published
transfers-failed-disk = failed: disk
transfers-failed-not-yet = not published yet
transfers-failed-unsound = failed: invalid torrent, magnet or file
transfers-pause = Pause
transfers-go-on = Resume
transfers-retry = Retry
transfers-give-longer = Upload 1 hour longer
transfers-stop-giving = Stop uploading
transfers-nothing-given = No chosen transfer is uploading to peers.
transfers-limit-down = Download limit
transfers-limit-up = Upload limit
transfers-by-peers = Retry by peers
transfers-by-http = Retry by HTTP
transfers-fetch-again = Fetch again
transfers-check-again = Check again
transfers-nothing-lost = Nothing of it is missing or changed on the disk.
transfers-disk-missing = missing on disk
transfers-disk-changed = changed on disk
transfers-disk-unknown = downloaded; disk not checked
transfers-disk-missing-reason = { $count ->
    [one] A file is no longer where it was put.
   *[other] { $count } files are no longer where they were put.
}
transfers-disk-changed-reason = A file on the disk is not as it was put there.
detail-was-verified = when it arrived: { $words }
transfers-remove = Remove
transfers-open-folder = Open folder
transfers-open-file = Open with…
transfers-look = Detail
transfers-choose-first = Choose a transfer in the table first.
transfers-nothing-to-pause = Nothing that is chosen is under way.
transfers-nothing-to-go-on = Nothing that is chosen is paused or failed.
transfers-no-peers-wanted = Peers are off in the settings (HTTP only).
transfers-all-done = Everything that is chosen is done.
transfers-no-file-yet = No file is in its place yet.
transfers-empty = No transfer yet.
transfers-empty-next = Choose lead times; each becomes a transfer here, with its sources and how it is verified.
transfers-to-hours = Choose hours
transfers-chosen = { $count ->
    [one] One chosen
   *[other] { $n } chosen
}
transfers-all = All
transfers-active = Under way
transfers-done = Done
transfers-failed-group = Failed
transfers-back = Back to the list
transfers-removed = { $count ->
    [one] One transfer was removed from the list; its files stay.
   *[other] { $n } transfers were removed from the list; their files stay.
}
transfers-undo = Undo
transfers-none-in-group = Nothing in this group.
transfers-none-in-group-next = The other groups are above the table.
transfers-none-found = No transfer contains “{ $find }”.
transfers-none-found-next = Empty the search field to see all.
detail-peers = Peers
peers-not-looked-for = No peers were looked for.
peers-none-known = No peer has been found.
peers-none-connected = No peer is connected.
peers-hold-nothing-missing = The connected peers hold nothing of what is missing.
peers-all-choke = Every peer that holds something has us wait (choked).
peers-asked = Peers are being asked.
peers-send = Peers send to us.
peers-not-listed = Peers are listed while the transfer runs.
peers-head-who = Peer
peers-head-who-tip = Its network address, and what its program calls itself
peers-head-holds = Holds
peers-head-holds-tip = Share of the pieces that it says it holds
peers-head-down = Download
peers-head-down-tip = How fast it sends to us now
peers-head-up = Upload
peers-head-up-tip = How fast we send to it now
peers-head-received = Received
peers-head-received-tip = What it sent to us, on the wire
peers-head-sent = Sent
peers-head-sent-tip = What we sent to it
peers-head-found = Found by
peers-head-found-tip = Who named it. “Near” is in a network of this computer; such peers are called first
peers-head-state = State
peers-head-state-tip = Choked: a peer sends to a few others at a time, and everybody else has to wait for a turn
peers-row = { $who }: { $state }. Holds { $holds }, download { $down }, upload { $up }, { $received } received, { $sent } sent; found by { $found }
peers-round-trip = It took { $time } to answer our call.
peer-by-person = you
peer-by-tracker = tracker
peer-by-peer = another peer
peer-by-dht = DHT
peer-by-local-network = this network
peer-by-itself = its own call
peer-near = near
peer-sends = sends to us
peer-chokes-us = has us wait (choked)
peer-nothing-for-us = has nothing we need
peer-is-sent-to = we send to it
peer-waits = waits for us (choked)
peer-wants-nothing = requests nothing
peer-not-connected = no longer connected
detail-sources = Sources
detail-pieces = Pieces
detail-fields = GRIB fields
detail-rates = Rates
detail-files = Files and verification
detail-progress = { $progress } of { $size }
detail-given = { $size } uploaded
detail-limit-down = download limit { $rate }
detail-limit-up = upload limit { $rate }
detail-wasted = { $size } wasted
detail-open-folder = Show in folder
detail-no-rates = No rate was measured yet.
detail-rate-peers = From peers
detail-rate-http = By HTTP
detail-rate-given = Uploaded
detail-no-sources = No source is known yet.
detail-on-the-wire = Peers and trackers one by one: bytes on the wire, counted apart
detail-head-who = Source
detail-head-kind = Kind
detail-head-gave = Received
detail-head-rate = Rate
detail-head-share = Share
detail-head-wasted = Wasted
detail-head-state = State
detail-source-row = { $who }, { $kind }, received { $gave }, { $state }
detail-source-named = { $n ->
    [0] named no peer
    [one] named { $n } peer
   *[other] named { $n } peers
}
detail-source-not-answered = no answer yet
detail-source-gives = sends
detail-source-nothing-yet = sent nothing yet
detail-source-gave = has sent data
detail-source-nothing = sent nothing
detail-no-pieces = The pieces are not known yet.
detail-piece-count = { $count ->
    [one] One piece of { $size }
   *[other] { $n } pieces of { $size }
}
detail-piece-not-wanted = not wanted
detail-piece-missing = missing
detail-piece-asked-http = asked by HTTP
detail-piece-from-peers = from peers
detail-piece-from-http = by HTTP
detail-piece-from-disk = from the disk
detail-no-fields = The fields are known once an index was read.
detail-fields-here = { $here } of { $all } fields can be read already
detail-member = member { $number }
detail-field-here = can be read
detail-field-missing = not downloaded yet
detail-no-files = No file is in its place yet: a file gets its name once it was checked.
detail-kept-as = A different file of that name was kept as { $name }.

# Window: Log.

log-entries = Events
log-hosts = Hosts contacted
log-all = All
log-attention = Warnings
log-failures = Failures
log-weight-note = Note
log-weight-attention = Warning
log-weight-failure = Failure
log-copy = Copy
log-copy-tip = Copy what is listed
log-nothing-to-copy = Nothing is listed.
log-export = Export…
log-export-path = File for the log
log-export-note = Events and hosts, in this language, without passwords, keys or tokens.
log-write = Write
log-empty = Nothing to report.
log-empty-next = What goes wrong appears here with its cause and its remedy.
log-none-found = Nothing matches.
log-none-found-next = Empty the search field, or choose All.
log-hosts-empty = No host was contacted.
log-hosts-empty-next = Every host appears here as soon as it is contacted: why, how often, and for how many bytes.
log-host = Host
log-purpose = Purpose
log-requests = Requests
log-received = Received
log-last = Last
log-purpose-http = data by HTTP
log-purpose-tracker = tracker
log-purpose-peer = peer
log-purpose-broker = broker
log-purpose-dht = DHT node
log-purpose-router = router
log-purpose-local-network = local network
log-host-say = { $n ->
    [one] { $host }, { $purpose }, { $n_txt } request, { $received } received, last { $last }
   *[other] { $host }, { $purpose }, { $n_txt } requests, { $received } received, last { $last }
}

# Window: Settings.

settings-general = General
settings-storage = Files
settings-sharing = Peers and HTTP
settings-network = Network
settings-telling = Notifications
settings-about = About
settings-as-system = As the system
settings-reset = Reset to default: { $name }
settings-reset-all = Reset all to defaults
settings-reset-all-tip = Resets all settings except whether to share with other users.
settings-none-found = No setting contains “{ $find }”. Empty the search field to see all.
settings-language = Language
settings-theme = Colours
settings-theme-light = Light
settings-theme-dark = Dark
settings-zoom = Size
settings-zoom-note = Also with Ctrl + and Ctrl −.
settings-motion = Animation
settings-motion-reduced = As little as possible
settings-clock = Times
settings-clock-note = Runs, lead times and valid times are in UTC always.
settings-clock-local = Of this computer
settings-folder = Folder
settings-folder-free = { $free } free
settings-folder-unknown = Free space there is unknown.
settings-folder-wrong = A whole path is needed, such as /data/grib.
settings-never = never
settings-unlimited = no limit
settings-days = { $n ->
    [one] { $n_txt } day
   *[other] { $n_txt } days
}
settings-purge-age = Remove announced files older than
settings-purge-note = Only files that were downloaded from announcements and not changed since, by the time they arrived.
settings-purge-age-wrong = A time is needed, such as 48 h or 7 days, or nothing for never.
settings-purge-size = Remove the oldest announced files above
settings-purge-size-wrong = A size is needed, such as 100 GB, or nothing for never.
settings-versions = Earlier versions of announced files
settings-versions-note = How many stay beside a file when it is updated: all (at most 1440) or a number, 0 for none. For rules made from now on that do not say.
settings-giving = Other users
settings-giving-note = Peers see your IP address.
settings-giving-share = Share with other users (download and upload)
settings-giving-receive = Download from other users, upload nothing
settings-giving-http = HTTP only
settings-policy = Preferred source
settings-policy-swarm-first = Peers; HTTP where they do not suffice
settings-policy-fastest = All at once
settings-policy-swarm-only = Peers alone
settings-policy-http-only = HTTP alone
settings-policy-by-giving = “HTTP only” above leaves no choice here.
settings-laid-down = Set by your administrator: HTTP only.
settings-no-peers-by-proxy = With a proxy there are no peers: nothing goes around it.
settings-give-time = Upload after a download
settings-give-time-note = Counted from when the files are in place, also across a restart; at most { $most }. 0 uploads only while downloading.
settings-give-time-wrong = A time up to { $most }: 30 min, 1 h, 2 d
settings-give-ratio = Stop sooner at the ratio
settings-give-ratio-note = Uploaded bytes divided by the size of the download, such as 1.5; nothing for no limit.
settings-give-ratio-wrong = A number from 0.01 to 100, or nothing for no limit
settings-limit-up = Upload limit
settings-limit-down = Download limit
settings-limit-note = Such as 500 kB/s or 2 MB/s; nothing for no limit.
settings-limit-wrong = A rate of at least { $least } is needed, such as 2 MB/s, or nothing for no limit.
settings-transfers-at-once = Transfers at a time
settings-connections = Connections to one HTTP server
settings-connections-note = Low values go easy on the publishers' servers.
settings-retries-wrong = A number from 0 to { $most }
settings-retries-note = After a timeout, a lost connection or a busy server.
settings-retries = Retries of a failed request
settings-number-wrong = A whole number from 1 to { $most } is needed.
settings-own-networks = Trusted local networks
settings-own-networks-note = Private addresses that .torrents and catalogues may name. All others lead to public addresses only.
settings-own-networks-wrong = Networks are needed such as 192.168.7.0/24, with commas between them.
settings-proxy = Proxy
settings-proxy-note = All connections use it.
settings-proxy-note-some = All connections use it, so there are no peers.
settings-proxy-system = As the system
settings-proxy-direct = None
settings-proxy-by = This one:
settings-proxy-type-first = Type its address beside it.
settings-proxy-wrong = An address is needed such as http://host:3128 or socks5://host:1080.
settings-tell-when = Notify on the desktop when
settings-tell-run = a run is complete
settings-tell-proof = a verification failed
settings-tell-disk = the disk is full
settings-tell-source = a source is unreachable
settings-version = Version
settings-made-of = Free software: MIT or Apache-2.0. Fonts: B612 (SIL OFL 1.1), Material Symbols (Apache-2.0).

# Catalogues
help-catalog = Show what catalogues offer: providers, datasets, runs and lead times
help-catalog-list = List providers and their datasets
help-catalog-show = Say what is known of a dataset: cycles, packages, licence, addresses
help-catalog-runs = Show the latest runs and which lead times of them are published
help-catalog-check = Check the providers' files: those that come with Nuée, and your own
help-catalog-notices = Show what a provider's service announces: changes, outages
help-catalog-search = Search the datasets of WIS2 in words: who announces them, and on which topic
help-catalog-words = Words that the record has
help-catalog-in = The collection of records to ask, instead of the Global Discovery Catalogues
catalog-found = { $count } of { $all } records, from { $whose }
help-catalog-provider = Id of a provider, such as noaa
catalog-no-items = { $provider } announces nothing.
help-catalog-id = Id of a dataset or a package of it, such as meteo-france/arome-0.01/SP1
help-catalog-dir = Folder with providers' files; the one of the settings when not given
help-catalog-count = Number of runs to show (default: 8)
help-catalog-files = Print a JSON line for each file too
help-providers = Folder of your own providers' files
catalog-documented = documented on { $on }, not tried
catalog-tried = tried on { $on }
catalog-broken = { $file }, line { $line }: { $reason }
catalog-sound = { $count } providers' files are valid.
catalog-license = { $licence } · { $attribution }
catalog-packages = Packages: { $packages }
catalog-cycles = Runs at { $hours } UTC, to { $last }
catalog-retention = Kept for { $time }
catalog-whole-only = Whole files only.
catalog-run-complete = complete
catalog-run-count = { $published } of { $expected } published
catalog-run-missing = { $count } missing
catalog-run-unknown = { $count } unknown
catalog-run-late = { $count } late
catalog-run-withdrawn = { $count } withdrawn
catalog-run-after = first after { $time }
catalog-table = { $count } files without run; they can be chosen by { $keys }
catalog-page-failed = { $url }: { $reason }
catalog-page-old = { $url }: { $reason }; what is shown is of { $fetched }
catalog-legend = # published  . expected  ~ late  x missing  - withdrawn  ? unknown
help-follow = Follow a dataset: each new lead time is downloaded automatically
help-follow-add = Follow a dataset in a folder; an entry of that name is replaced
help-follow-list = List what the window and this folder follow, or that of --out, with the next due time
help-follow-run = Download what is published, until stopped
help-follow-remove = Stop following it; files stay
help-follow-name = Name of the entry; the id when not given
help-follow-keep = Remove its files after this time (7d): only those it downloaded, and only unchanged ones
help-follow-keep-size = Remove its oldest files while all are more than this (20G)
help-follow-exec-run = Start this once for a run that is complete, ended with gaps, or late (NUEE_EVENT)
help-follow-exec = Your own command for the shell, started once a file, with NUEE_FILE, NUEE_RUN and NUEE_KEY set
help-follow-for = End after this time: 10min, 2h
help-follow-notify = Notify on the desktop: runs (complete, with gaps, late) or files (each file as well)
help-follow-every = Longest pause between two checks (default: 10min)
follow-added = { $name } is followed. It starts with nuee follow run.
follow-removed = { $name } is followed no longer. Files stay.
follow-listed = { $name } (folder): { $id } · { $here } files downloaded, last { $success } · { $missing } lead times missing · next due { $due } · { $state }
follow-not-checked = not checked yet
follow-none = Nothing is followed here.
follow-executed = { $key }: the command ended with { $code }
follow-run-complete = Run of { $run }: complete.
follow-run-incomplete = Run of { $run }: all that was published is downloaded; some lead times are missing.
follow-run-late = Run of { $run }: late.
follow-file-removed = Removed, as set: { $path }
follow-missing = { $key }: missing
follow-waiting = Nothing new; next check { $until }.

# Brokers and announcements: what is odd, wrong or not fetched.

wrong-file-digest = the checksum { $announced } was announced, { $computed } was computed
wrong-file-form = { $detail }
wrong-file-length = { $announced } bytes were announced, { $found } bytes were received
wrong-file-several = a .torrent of { $files } files where one file was announced
not-fetched-no-link = no link that may be followed
not-fetched-limit = the daily limit of { $octets } is reached; it is downloaded when the next day (UTC) begins, or now by hand
not-fetched-larger-than-day = it is larger than the daily limit of { $octets }; download it by hand, or raise the limit
not-fetched-trouble = { $detail }
not-fetched-directory = a directory, not a file
not-fetched-torrent = a .torrent without an announced digest of its file; a rule can allow it (--follow-torrents)
message-announced-twice = { $key } was announced with two different contents; both are kept, the first as { $first }
help-listen-mirror = What happens to a downloaded file when its source withdraws it: keep (default) leaves it, follow removes it unless it was changed; renames are followed in both
help-listen-versions = How many earlier versions of an updated file stay beside it: all (default, at most 1440) or a number, 0 for none; older ones are removed unless they were changed
cli-listen-version = Earlier version kept as { $path }
cli-listen-version-removed = Earlier version removed: { $path }
cli-listen-replaced = Earlier version replaced: { $path }
cli-listen-renamed = Renamed: { $from } → { $to }
cli-listen-conflict = Conflict: { $key } was announced with two different contents; both are kept: { $first } and { $second }
cli-listen-withdrawn = Withdrawn by its source: { $key }; no local copy
cli-listen-withdrawn-local = Withdrawn by its source: { $key }; { $path }: { $became }
local-copy-none = no local copy
local-copy-kept = local copy kept
local-copy-removed = local copy removed
local-copy-changed = local copy kept, it was changed
not-fetched-scheme = links of scheme { $scheme } are not followed
not-fetched-in-parts = announced in { $n } parts (blocks), which are not put together
mesh-file-withdrawn = withdrawn by its source; { $became }
mesh-rule-versions = Earlier versions
mesh-rule-versions-hint = all, or a number
mesh-rule-versions-wrong = Earlier versions: write all, or a number up to 1440
mesh-rule-last-versions = { $n } earlier versions
mesh-rule-withdrawn = Withdrawn files
mesh-rule-torrents = .torrent links
mesh-rule-torrents-all = follow those without a digest
mesh-rule-torrents-name = Also follow a .torrent of whose file no digest was announced
mesh-rule-torrents-tip = The .torrent is then the only source of trust. Size and daily limit hold all the same.
mesh-withdrawn-keep = Keep the local copy
mesh-withdrawn-remove = Remove the local copy
remark-digest-in-hex = the digest is hexadecimal, base64 is due
remark-digest-with-line-breaks = the digest has line breaks
remark-digest-unreadable = the digest cannot be read
remark-method-not-listed = the standard does not list the digest method { $named }
remark-method-spelling = the method is spelled { $named }
remark-digests-disagree = two digests that do not agree; none is used
remark-time-form = { $field } is written in another dialect's way
remark-not-utc = { $field } is not in UTC, with Z at its end
remark-former-name = { $found } is called { $today } today
remark-size-as-text = the size is text: { $text }
remark-former-parts = parts, of version 2, in a message of version 3
remark-unusable-link = links of scheme { $scheme } are not followed
remark-log-line = is part of a log line
remark-inline-size = inline content of { $found } bytes, announced with { $announced }
remark-inline-mismatch = the inline content does not have the announced digest; it is not used
remark-inline-unreadable = the inline content cannot be decoded; it is not used
remark-inline-too-long = inline content of { $n } characters, 4096 are allowed
remark-long-message = message of { $n } bytes, 8192 are allowed
remark-several-actions = more than one of canonical, update and deletion; the first is used
remark-more-files = { $n } more files in one message; the first is used
remark-in-parts = one of { $n } parts (blocks), which are not put together
remark-empty = { $field } is empty
remark-empty-list = { $field } is an empty list
remark-not-listed = { $field }: { $value } is not in the standard's list
remark-too-long = message of { $n } bytes, longer than any may be
remark-not-text = not UTF-8
remark-not-json = not JSON: { $detail }
remark-unknown-shape = JSON of no known shape
remark-missing = { $field } is missing
remark-wrong-kind = { $field } is of the wrong kind
remark-wrong-value = { $field } cannot be { $value }
remark-instant-and-period = both datetime and start_datetime or end_datetime
remark-no-action = no link of canonical, update or deletion

# Window: announcements.

mesh-brokers = Brokers
mesh-pause = Pause the view
mesh-resume = Resume the view
mesh-pause-tip = Announcements are still counted and fetched; only the list stands still.
mesh-limits = Lag limits
mesh-late-after = Late after
mesh-very-late-after = Very late after
mesh-limits-wrong = A number of seconds from 1 to 864000.
mesh-limits-note = Counted from publication to arrival here.
mesh-waiting = Nothing announced yet.
mesh-waiting-next = A broker is connected. Announcements appear here as they arrive; if none do, its topics may be too narrow or its publishers silent.
mesh-not-connected-next = No broker is connected now. “Brokers” says why, and when the next attempt is.
mesh-total-messages = { $n ->
    [one] { $n_txt } message
   *[other] { $n_txt } messages
}
mesh-total-mean = mean lag { $lag }
mesh-total-late = { $n_txt } late
mesh-total-deviant = { $n_txt } deviant
mesh-total-invalid = { $n ->
    *[other] { $n_txt } invalid
}
mesh-total-skew = { $n ->
    *[other] { $n_txt } from the future
}
mesh-total-under-way = { $n_txt } being fetched
mesh-total-in-place = { $n_txt } in place
mesh-total-refused = { $n ->
    *[other] { $n_txt } refused
}
mesh-total-failed = { $n ->
    *[other] { $n_txt } failed
}
mesh-total-dropped = { $n ->
    *[other] { $n_txt } dropped
}
mesh-lag-figures = lag now { $now } · median { $median } · 95th percentile { $p95 } · maximum { $max }
mesh-apart = { $n_txt } sent again or retained, counted apart
mesh-silence = silent for { $time }
mesh-not-tried = not tried; documented so on { $date }
mesh-not-listened = not connected
mesh-answered = not connected; last answered { $time }
mesh-connecting = connecting…
mesh-listening = connected, { $protocol }
mesh-lost = { $why }; next attempt in { $next }
mesh-listen = Connect
mesh-listen-name = Connect to { $broker }
mesh-stop = Disconnect
mesh-stop-name = Disconnect from { $broker }
mesh-topics = Topics…
mesh-topics-name = Change the topics of { $broker }
mesh-remove = Remove
mesh-remove-name = Remove { $broker }
mesh-no-topics = No topics yet: choose some first.
mesh-filter-refused = The broker refuses the subscription to { $filter }: { $reason }
mesh-topic-drop = Unsubscribe from { $filter }
mesh-topic-name = Topic to subscribe to
mesh-topic-hint = cache/a/wis2/+/data/core/weather/#
mesh-subscribe = Subscribe
mesh-topic-empty = Type a topic first; + stands for one level, # at the end for all below.
mesh-topic-everything = That is everything the broker has. Name at least one level.
mesh-topic-wrong = Not a topic: + and # stand alone in their level, # only at the end.
mesh-add = Add
mesh-add-broker = Add this broker
mesh-add-name = URL of a broker
mesh-add-hint = mqtts://host:8883, wss://host/mqtt, amqps://host
mesh-add-user = User
mesh-add-password = Password
mesh-add-empty = Type the URL of a broker first.
mesh-add-wrong = Not the URL of a broker: mqtt, mqtts, ws, wss, amqp or amqps, then a host.
mesh-password = as { $user } · { $place }
mesh-password-asked = waiting for the password from the keyring…
mesh-password-keyring = password in the desktop's keyring
mesh-password-own-file = password in a file that only you can read
mesh-password-own-file-because = password in a file that only you can read, because { $why }
mesh-password-out-of-reach = password not available: { $why }. Unlock the keyring and press “Connect”, or add the broker again.
mesh-keyring-absent = there is no keyring
mesh-keyring-locked = the keyring is locked
mesh-keyring-silent = the keyring does not answer
mesh-keyring-lost = the keyring does not have it any more
mesh-keyring-refused = the keyring refuses ({ $detail })
mesh-archive = Archive
mesh-archive-hint = https://host/collections/wis2-notification-messages
mesh-archive-wrong = Not the URL of a collection: http or https, then a host.
mesh-catch-up = Missed? Ask { $archive } for the last
mesh-catch-up-hours = { $n } h
mesh-catch-up-of = Ask the archive for the last { $span } of { $broker }
mesh-missed-no-archive = Not connected from { $from } to { $to }, and the broker kept no messages. Name an archive under “Topics…” to ask for what was missed.
mesh-missed-asked = The archive is asked for { $from } to { $to }…
mesh-missed-got = { $n ->
        [one] { $n_txt } announcement
       *[other] { $n_txt } announcements
    } from the archive, { $from } to { $to }
mesh-missed-not-asked = The archive gave nothing, { $from } to { $to }; what it has is unknown: { $why }
mesh-missed-lost = { $n_txt } announcements from the archive, { $from } to { $to }; the rest could not be downloaded: { $why }
mesh-missed-broken = Asking the archive for { $from } to { $to } broke off. Ask again.
finding-open = Find a dataset…
finding-title = Find a dataset
finding-words = Words
finding-words-hint = synop ghana
finding-words-missing = Type some words first.
finding-at = Catalogue
finding-at-hint = all public catalogues
finding-search = Search
finding-asked = A catalogue is being searched…
finding-note = A Global Discovery Catalogue knows the datasets of WIS2: what they are, and on which topic of which broker each is announced.
finding-no-channel = This record names no topic to subscribe to.
finding-no-broker = The link of this record is not a broker.
finding-subscribe = Subscribe to { $topic } at { $broker }
mesh-head-topic = Topic
mesh-head-rate = /min
mesh-head-messages = Messages
mesh-head-newest = Newest
mesh-head-lag = Lag
mesh-head-name = Announced
mesh-head-time = Time (UTC)
mesh-head-state = State
mesh-hidden = { $n_txt } messages on topics beyond the limit are counted and not shown.
mesh-late = late: { $lag }
mesh-very-late = very late: { $lag }
mesh-skew = clock ahead: { $lag }
mesh-queued = queued
mesh-redelivered = sent again
mesh-retained = retained
mesh-replayed = replayed
mesh-topic-say = { $topic }: { $messages } messages, { $rate } a minute, newest { $newest }, lag { $lag }
mesh-heard-say = { $name }, { $verdict }, at { $time }, lag { $lag }, { $state }
mesh-all-topics = All topics
mesh-no-filter = No filter can name this topic.
mesh-pin = Pin
mesh-unpin = Unpin
mesh-pin-tip = Watch this topic: files by hour and source, and silence (P).
mesh-unpin-name = Unpin { $filter }
mesh-narrow = Subscribe to this only
mesh-narrow-tip = Replaces the wider subscription by this topic (S).
mesh-always = Always fetch…
mesh-always-tip = A rule: what is announced here is downloaded automatically.
mesh-all = All topics
mesh-plot-title = Lag of the last announcements
mesh-plot-on-time = on time
mesh-plot-late = late
mesh-plot-very-late = very late
mesh-plot-skew = clock ahead
mesh-list-empty = Nothing of this topic is kept any more.
mesh-list-not-found = Nothing announced contains “{ $find }”.
mesh-valid = valid
mesh-deviant = deviant, used all the same
mesh-invalid = invalid, not used
mesh-new = new
mesh-update = update
mesh-source = also from { $source }
mesh-repeat = repeated
mesh-older = older than what is known
mesh-conflict = another checksum for the same file
mesh-deletion = withdrawn
mesh-housekeeping = folder, link or new name
mesh-no-file = nothing to fetch
mesh-unusable = not used: { $why }
mesh-file-under-way = being fetched
mesh-file-refused = refused: { $why }
mesh-file-failed = failed: { $why }
mesh-file-unsettled = not in its place: { $why }
mesh-file-not-fetched = not fetched: { $why }
mesh-file-failed-over = { $n ->
    [one] after { $n_txt } failed source: { $proof }
   *[other] after { $n_txt } failed sources: { $proof }
}
mesh-file-in-place = { $proof } · from { $from } · { $path }
mesh-from-message = the message itself
mesh-message-gone = This message is no longer kept.
mesh-fetch = Fetch
mesh-fetch-again = Fetch again
mesh-json = As received
mesh-json-cut = { $n_txt } more bytes are not shown.
mesh-copy = Copy
mesh-close = Close
mesh-say-file = File
mesh-say-message = Message
mesh-say-lag = Lag
mesh-say-times = Times
mesh-times = published { $published }, received { $received }
mesh-say-key = Name
mesh-say-size = Size and checksum
mesh-no-size = size not announced
mesh-no-digest = no checksum announced
mesh-say-holders = Available from
mesh-say-tried = Failed sources
mesh-pin-nothing = nothing received yet
mesh-pin-hidden = { $n_txt } messages of further sources
mesh-pin-say = { $source }: { $now } files in this hour, { $sum } in { $hours } hours, { $holes } hours without any
mesh-rules = Always fetched
mesh-rule-drop = No longer fetch { $filter }
mesh-rule-title = Always fetch { $filter }
mesh-rule-pattern = Name contains
mesh-rule-pattern-hint = regular expression; any
mesh-rule-pattern-wrong = The name is no regular expression.
mesh-rule-most = At most
mesh-rule-most-hint = 50 MB; any size
mesh-rule-most-wrong = The size is none: write 50 MB.
mesh-rule-leads = Lead times
mesh-rule-leads-hint = 0..24, 36; any
mesh-rule-leads-wrong = These are no lead times: write 0..24 or 6,12.
mesh-rule-folder = Folder
mesh-rule-folder-hint = {"{"}centre{"}"}/{"{"}date{"}"}; as announced
mesh-rule-folder-wrong = A folder may name centre, date, hour, run and source in braces.
mesh-rule-lane = Urgency
mesh-rule-make = Always fetch
mesh-rule-cancel = Cancel
mesh-lane-usual = by topic and size
mesh-lane-warnings = warnings
mesh-lane-observations = observations
mesh-lane-models = models

# Ways to find peers beside trackers.
help-dht = Also find peers in the public DHT: its nodes learn your address and which torrents you download
help-dht-node = A DHT node to start from instead of the public ones, HOST:PORT; may be repeated
help-local-peers = Also find peers in the local network, by multicast, and be found there
help-open-port = Ask the router to let peers connect (PCP, NAT-PMP or UPnP) until the end
forms-dht-node = HOST:PORT
dht-entering = Asking nodes of the DHT…
dht-nodes = { $n ->
    [one] { $n } node answered.
   *[other] { $n } nodes answered.
}
dht-no-address = { $n ->
    [one] The host name of the DHT node was not found. Tried again later.
   *[other] None of the { $n } host names of DHT nodes was found. Tried again later.
}
dht-no-answer = No node answered. Tried again later.
local-heard = { $n ->
    [0] Searching; no other computer was found that shares the same files.
    [one] { $n } other computer shares the same files.
   *[other] { $n } other computers share the same files.
}
discovery-failed = Not possible now: { $words }. Tried again later.
port-asking = Asking the router…
port-open = The router opened port { $port }.
port-open-at = The router opened port { $port } at { $address }.
port-no-router = No router answered by PCP, NAT-PMP or UPnP. Asked again in ten minutes.
port-refused = The router refused: { $words }. Asked again in ten minutes.
port-not-listening = No port for peers is open on this computer.
settings-dht = Find peers in the DHT
settings-dht-note = For torrents whose trackers do not answer. The nodes learn your network address and which torrents you download. Not for torrents known to be private.
settings-dht-on = Use the DHT
settings-dht-nodes = DHT nodes to start from
settings-dht-nodes-note = Empty: the public ones.
settings-dht-nodes-wrong = Nodes are needed such as router.example:6881, with commas between them.
settings-local-peers = Share within this network
settings-local-peers-note = Computers of this network that run Nuée or another BitTorrent program find each other by multicast; they learn which torrents you share.
settings-local-peers-on = Find peers in the local network
settings-open-port = Connections from outside
settings-open-port-note = With an open port, peers outside this network can connect to this computer.
settings-open-port-on = Ask the router to open the port
settings-discovery-rests = Begins with the next transfer from peers.
settings-discovery-no-peers = Needs peers: choose above to download from other users.

# What is wrong with a GRIB file or an index.

problem-at-byte = at byte { $offset }: { $problem }
problem-in-line = line { $line } of the index: { $problem }
problem-not-grib = there is no GRIB message
problem-truncated = the file ends before the message does
problem-no-end-section = the message does not end where its length says
problem-bad-length = the message has an impossible length
problem-bad-section = the message has a section that does not fit
problem-unknown-edition = unknown GRIB edition
problem-junk = { $octets } octets between messages
problem-gave-up = so much is wrong that the rest was not read
problem-unreadable-line = it cannot be read
problem-out-of-file = it points beyond the end of the file
problem-open-end = the end of the last message is not known

help-relay = Relay a publisher's files into swarms: .torrents, web seeds, feeds, a tracker
help-relay-long = Follows datasets like nuee follow, downloads each file once from its publisher, and offers it: canonical .torrent, slice index, metalink, RSS and Atom feeds, a page, a signed manifest, with a tracker and a web server of its own. What it serves lies in FOLDER/public, ready for nginx. It needs no permission of the publisher; the files are not changed.
help-relay-folder = The relay's folder (default: the current one); its settings may be in relay.toml there
help-relay-add = Relay a dataset; one that is relayed already gets the new lead times
help-relay-list = List the datasets, and each file with its stage
help-relay-remove = Stop relaying a dataset; its files stay available until they expire
help-relay-run = Relay until stopped
help-relay-check = Check that everything that is announced is served at the public address
help-relay-base-url = Address under which others reach the relay (http or https); the listening address by default
help-relay-bind = Listen on this address: 0.0.0.0:8480 (default: 127.0.0.1:8480, this computer only)
help-relay-keep = Offer each file for this time (default 24h)
help-relay-grace = Keep serving a file for this time after feed and lists no longer contain it (default 30min)
help-relay-settle = Download a file once two checks this far apart show the same length and date (default 30s)
help-relay-peer-port = Port for peers, to let through the firewall (a free one by default)
help-relay-tracker = A further tracker to name in the .torrents
help-relay-store = Put everything into an S3 bucket as well: s3://BUCKET/FOLDER; the keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment
help-relay-store-endpoint = Address of the S3 service (default: that of AWS in the region)
help-relay-store-region = Region of the bucket (default us-east-1)
help-relay-store-url = Address under which others read the bucket's folder (default: the one at which it is written)
help-relay-no-own-tracker = Leave the relay's own tracker out of the .torrents; --tracker names another
help-relay-tracker-list = Write the info-hashes to this file, the whitelist of a tracker such as opentracker
help-relay-tracker-reload = Run this command after each change of --tracker-list: 'pkill -HUP opentracker'
help-relay-title = Name of the relay in feeds and on its page
help-relay-unchecked = Announce files without requesting them at the public address first
help-relay-every = Longest pause between two checks of a publisher's listing (default 10min)
relay-settings-unsound = { $file }: { $detail }. Correct that line.
help-relay-broker = Also announce each file to this broker once feeds name it: mqtt://USER:PASSWORD@HOST:1883
help-relay-form = Form of the announcement: wis2, v03 (Sarracenia) or wmo-mesh (default, every program of a mesh)
help-relay-topic = For wis2 the topic of the dataset (origin/a/wis2/CENTRE/data/core/…); otherwise what precedes the folders (default xpublic/v03)
relay-no-broker = { $word } says how files are announced to a broker, but no broker is named. Add --broker or broker in relay.toml.
relay-broker-away = No connection to { $broker }: { $reason }. Files stay offered, and are announced when it is back.
relay-not-accepted = { $file } is not announced to the broker: { $reason } It is tried again.
relay-not-told-refused = the broker refuses it ({ $words }).
relay-not-told-form = its form has no such message ({ $detail }).
relay-not-told-no-answer = the broker does not answer.
relay-nothing-relayed = Nothing is relayed yet. Add a dataset: nuee relay add ID (nuee catalog list shows ids).
relay-address-unsound = { $address } cannot be the address of a relay: http:// or https://, without user and query.
relay-no-tracker = --no-own-tracker (own-tracker = false) leaves the .torrents without a tracker. Name one with --tracker URL.
relay-reload-without-list = --tracker-reload needs --tracker-list FILE.
relay-tracker-list-other = { $file } is not a list of info-hashes: it would be overwritten. Name another file with --tracker-list.
relay-tracker-list-not-written = The tracker was not told: its list { $file } cannot be written: { $detail }. It is tried again.
relay-tracker-reload-failed = The tracker was not told: the command that reloads its list failed: { $command }: { $detail }. It is tried again.
relay-tracker-reload-slow = The tracker was not told: the command that reloads its list timed out: { $command }. It is tried again.
relay-not-reachable = Not announced: { $url }: { $reason }. Check --base-url, the web server in front and the router; it is tried again.
relay-other-bytes = Not announced: { $url } gives other bytes than the file has. Check --base-url; it is tried again.
relay-store-unsound = { $text } names no S3 store: --store s3://BUCKET/FOLDER, with --store-endpoint URL for services other than AWS.
relay-store-keys-missing = The keys of the store are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.
relay-store-refused = The store does not take { $what }: { $reason }. Check bucket, keys, region and address; it is tried again.
relay-store-not-readable = Not announced: { $url }: { $reason }. Everybody must be able to read the bucket's folder (its policy), or --store-url must name the address under which they can; it is tried again.
relay-too-large-for-store = { $name } is larger than { $most }, the most that one request puts into an S3 store; it is not offered.
relay-file-missing = { $path } is missing and is no longer offered.
relay-file-changed = { $path } was changed and is no longer offered.
relay-address-in-use = Another program listens on { $address }. Choose another port, or end that program.
relay-runs-elsewhere = Another process uses this folder: { $by }. End it, or choose another folder.
relay-shared-already = { $folder } is already published or relayed. Stop it first.
relay-too-many-shared = { $most } folders and datasets are listed already. Remove one first.
relay-sharing-off = Nothing is published or relayed while uploads are off: with HTTP only, or with a proxy. Change that in the settings.
relay-changed-meanwhile = { $name } was changed by its publisher while it was downloaded; it is downloaded again.
relay-length-not-known = { $url }: the server does not give the length of the file, without which it cannot be relayed.
relay-replaced = { $name } was replaced by its publisher: the old file is withdrawn, the new one follows.
relay-no-address = { $name } has no address at its publisher and cannot be relayed.
relay-state-unsound = What is kept of { $what } cannot be read; it is left out.
cli-relay-added = Relayed from now on: { $name }
cli-relay-removed = No longer relayed: { $name }. Files that are offered stay until they expire.
cli-relay-key = Key of the relay: { $fingerprint }
cli-relay-stage = { $file }: { $stage }
cli-relay-trouble = { $file }: { $trouble }
cli-relay-published = feeds and lists: { $offered } offered, { $withdrawn } withdrawn
cli-relay-withdrawn = withdrawn: { $file } ({ $why })
cli-relay-file = { $stage }  { $size }  { $file }  until { $until }
cli-relay-file-unoffered = { $stage }  { $size }  { $file }
cli-relay-not-running = No relay is running in this folder: nothing below is served now.
cli-relay-no-files = No file yet.
cli-relay-right = right: { $what }
cli-relay-wrong = wrong: { $what }: { $trouble }
relay-stage-seen = listed by its publisher
relay-stage-stable = complete at its publisher
relay-stage-fetched = downloaded
relay-stage-hashed = hashed
relay-stage-indexed = indexed
relay-stage-described = .torrent written
relay-stage-listed = known to the tracker
relay-stage-offered = served
relay-stage-announced = announced
relay-stage-retiring = withdrawn, still served
relay-why-expired = its time is over
relay-why-replaced = its publisher replaced it
relay-why-missing = missing or changed on the disk

help-announce = Announce files to an MQTT broker: WIS2, Sarracenia or wmo_mesh
help-announce-long = Announces files, the files that events name (--event), or a discovery record (--record). Reads each file once, makes its message and publishes it with QoS 1; a file counts as announced once the broker has acknowledged it. The files themselves are served by your web server under --base-url. Links, devices and anything outside the named folders are never announced; each file that is not announced is reported with the reason, and the exit code says so.
help-announce-paths = Files, and folders with everything in them; names that begin with a dot or end in .part or .tmp are left alone in folders
help-announce-to = The broker: mqtts://USER:PASSWORD@HOST:8883
help-announce-base-url = Address under which the named folder, or the folder of a named file, is served (http or https)
help-announce-form = Form of the message, for files: wis2 (WIS2 notification), v03 (Sarracenia) or wmo-mesh
help-announce-topic = With wis2 the channel of the dataset, origin/a/wis2/CENTRE/data/core/…; otherwise what precedes the folders (default xpublic/v03)
help-announce-topic-form = Topics with v03 and wmo-mesh: post (default, ROOT/post/FOLDERS), plain (ROOT/FOLDERS) or both
help-announce-metadata-id = Discovery record of the dataset, with wis2: urn:wmo:md:CENTRE:NAME
help-announce-global-cache = Centre of the Global Cache that publishes, with a topic below cache/a/wis2/
help-announce-inline = Put small files into their message (up to 4096 bytes, with wmo-mesh 1024)
help-announce-watch = Keep watching the folders and announce new and replaced files once they are complete
help-announce-check = Before announcing, ask for the first file at its address and compare the length
help-announce-timeout = Give the broker up after this time without an answer (default 60s; with --watch and --event - never)
help-announce-dry-run = Print the messages without connecting to the broker
forms-channel = origin/a/wis2/CENTRE/data/core/… or …/recommended/…, cache/a/wis2/…, origin/a/wis2/CENTRE/metadata
forms-root = a topic without + and #, such as xpublic/v03
forms-base-url = http://HOST/FOLDER or https://HOST/FOLDER, without user, password and query
forms-metadata-id = urn:wmo:md:CENTRE:NAME
cli-announce-connected = Connected to { $broker } ({ $protocol })
cli-announce-checked = { $url } is served, with the right length
cli-announce-checked-without-length = { $url } is served; the server does not give its length
cli-announce-announced = announced: { $file } on { $topic }
cli-announce-updated = announced as an update: { $file } on { $topic }
cli-announce-refused = not announced: { $file }: { $reason }
cli-announce-gave-up = The broker was given up: { $reason }. Files that are not listed as announced were not announced; run the command again.
cli-announce-stopped = Interrupted. Files that are not listed as announced were not announced.
cli-announce-nothing = There was no file to announce. Check the paths; names that begin with a dot or end in .part or .tmp are left alone.
cli-announce-done = { $n ->
        [one] { $n_txt } message
       *[other] { $n_txt } messages
    } acknowledged; not announced: { $refused }
cli-announce-shown = { $n ->
        [one] { $n_txt } message
       *[other] { $n_txt } messages
    } shown, none sent; files without a message: { $refused }
not-announced-not-utf8 = its name is not UTF-8, which a message cannot carry; rename it
not-announced-control = its name has control characters; rename it
not-announced-outside = it is outside the named folder
not-announced-too-deep = it is in too many nested folders
not-announced-link = it is a link, and links are not followed; announce the file itself
not-announced-special = it is not a regular file
not-announced-missing = there is no such file (any more)
not-announced-empty = it is empty
not-announced-unsteady = it is still being written; announce it when it is complete
not-announced-too-long = its message would have { $octets } bytes, and WIS2 allows { $most }; shorten its name or address
not-announced-refused = the broker refuses it: { $reason }. Check the topic and the user's access list (ACL).
not-announced-unanswered = the broker did not acknowledge it; announce it again
not-announced-not-served = { $url }: { $reason }. Check --base-url and the web server.
not-announced-other-length = { $url } has { $length } bytes, unlike the file. Check --base-url and the web server.

help-mesh = Be a node of a mesh: Sarracenia, wmo_mesh
help-mesh-run = Download what peers announce, verify it, serve it, and announce it again
help-mesh-run-long = Subscribes to the brokers of other nodes, downloads the files that they announce, verifies each against its announced digest, serves them over HTTP under --base-url and announces each to the broker --to, with the same publication time, path and digest. Files that do not match their digest are not announced. What is to be announced is kept on disk until the broker has acknowledged it: after an interruption the same command resumes.
help-mesh-from = URL of a node's broker: mqtt://USER:PASSWORD@HOST:1883, amqps://USER:PASSWORD@HOST; may be repeated
help-mesh-to = The broker to announce to, usually one of your own
help-mesh-base-url = Address under which this node's files are reached (http or https)
help-mesh-bind = Address to serve the files on, as HOST:PORT (default: the port of --base-url; for https 127.0.0.1:8000, behind your proxy)
help-mesh-topic = A topic to subscribe to, with + for one level and # for all below; may be repeated (default xpublic/v03/#)
help-mesh-accept = Take only files in whose path this regular expression is found
help-mesh-out = Folder for the files
help-mesh-max-age = Announcements older than this are set aside, and failed downloads are given up at that age (default 2h)
help-mesh-inline = Put files of at most 1024 bytes into their message
help-mesh-unproven = Also announce files of which no digest was announced, with the SHA-512 of this node's copy
help-mesh-form = For whom: wmo-mesh (default, every program) or v03 (Sarracenia and Nuée, which also read digests other than md5 and sha512)
help-mesh-to-topic = What precedes the folders in the topics of this node (default xpublic/v03)
help-mesh-report = Say whether a mesh works: files by hour and node, what each lacks, lag
help-mesh-report-long = Reads what mesh run or listen --download kept in the folder, also while it runs, and tells for each node the files and bytes that it announced hour by hour, the files that another node announced and it did not, repeats, lag from publication to reception and to the file in its place, and files that did not match or that nobody gave. Where a node was not listened to, a file is not called lacking; those times are listed.
help-mesh-report-folder = Folder of the node
help-mesh-report-since = How far back: 6h, 2d (default 24h; a week is kept)
help-mesh-report-within = A node lacks a file when it has not announced it so long after the first (default 10min)
help-mesh-report-by = What a node is: broker (default, each node has one) or source (the host that announces itself)
cli-report-span = From { $since } to { $until }
cli-report-nothing = Nothing was heard in that time, and nobody listened.
cli-report-lacking-file = { "  " }{ $key }, announced on { $by } at { $first }
report-open = Report…
report-open-tip = Does the mesh work? What each node announced, what it lacks, how late it was
report-title = Does the mesh work?
report-week = 7 days
report-by-broker = By broker
report-by-source = By source
report-nodes = Nodes
report-hours = Hours
report-asked = Reading what was kept…
report-hour = Hour
report-node = Node
report-files = Files
report-bytes = Bytes
report-lacking = Lacking
report-late = Late
report-unknown = Unknown
report-repeats = Repeats
report-lag = Lag: mean / median, s
report-fetch-lag = To the file: mean / median, s
report-refused = Refused
report-not-got = Not available
report-spread = { $mean } / { $median }
report-not-observed = { $node } was not listened to from { $since } to { $until }.
report-compared = { $node }: files lacking that another node announced: { $lacking }; unknown, because it was not listened to: { $unknown }.
message-nothing-observed = Nothing is known of a mesh in { $folder }. Name the folder of mesh run or of listen --download.
cli-mesh-serving = Serving the files on { $here }, announced as { $base }
cli-mesh-resumed = { $n ->
        [one] { $n_txt } announcement waits since the last start and is sent now.
       *[other] { $n_txt } announcements wait since the last start and are sent now.
    }
cli-mesh-aside = set aside: a message on { $topic }: { $reason }
cli-mesh-not-forwarded = not announced again: { $key }: { $reason }
cli-mesh-retry = { $key } is tried again in { $seconds } s.
cli-mesh-given-up = { $key } is given up.
cli-mesh-gave-up = The broker that this node announces to was given up: { $reason }. What waits is sent at the next start.
cli-mesh-summary = { $messages } messages, { $files } files in place, { $announced } announced again, { $waiting } waiting for the next start
not-forwarded-loop = it came through this node before
not-forwarded-repeat = this node announced it already
not-forwarded-no-digest = no digest was announced; --unproven announces it all the same
not-forwarded-method = digests by { $method } end mesh_peer.py; --form v03 announces it where none listens
not-forwarded-conflict = two different contents were announced under its path
not-forwarded-too-long = its message would have { $octets } bytes, and 65 536 are allowed
set-aside-too-long = { $octets } bytes, and 65 536 are allowed
set-aside-no-file = its path names no file
set-aside-leads-out = its path leads out of its folder
set-aside-drive = its path names a drive
set-aside-control = its path has control characters
set-aside-long-path = its path is too long or too deep
set-aside-user = its address names a user or a password
set-aside-old = it is { $minutes } minutes old; --max-age sets the limit
message-tree-not-served = The files cannot be served on { $address }: { $detail }. Choose another address with --bind.
help-announce-event = Read events from a file or from standard input (-) and announce the files they name: CloudEvents and STAC items as one object, an array or one a line; PATH is then the folder below which local files lie
help-announce-rules = Rules in TOML: which topic, record and conditions hold for which events
help-announce-licence = With --event: where the conditions of recommended data are
help-announce-record = Check a discovery record (WCMP2) and announce it on its centre's metadata topic; --base-url is the address of its folder
help-announce-unlisted-topic = Allow a topic that this program's copy of the topic hierarchy does not have
help-record = Print a discovery record (WCMP2) for a dataset
help-record-long = Prints a discovery record with what every record must have, checked, on standard output. Policy and centre are those of the topic. Add what you know beyond that, serve the file, and announce it with nuee announce --record.
help-record-id = Id of the record: urn:wmo:md:CENTRE:NAME
help-record-title = Title of the dataset
help-record-description = What the dataset is, in a few sentences
help-record-organization = Organization responsible for it
help-record-topic = Topic on which its data is announced: origin/a/wis2/CENTRE/data/core/…
help-record-broker = Broker that announces it: mqtts://everyone:everyone@HOST:8883
help-record-box = Where the data is, in degrees: -5,40,10,51 (default: nowhere in particular)
help-record-begin = Since when there is data: 2020-01-01 (default: not said)
help-record-licence = Where the conditions of recommended data are
forms-box = W,S,E,N in degrees, such as -5,40,10,51; west before east, south before north
forms-licence = http://… or https://…, without user and password
cli-announce-withdrawn = announced as withdrawn: { $file } on { $topic }
cli-announce-passed-over = passed over: { $file }: { $reason }
not-announced-judged = its message would be refused by WIS2: { $faults }
not-announced-large = it is larger than { $most } bytes, which such a file never is
event-too-long = the event is longer than { $most } bytes
event-cut-off = the event is cut off: its stream ended in the middle of it
event-no-rule = no rule fits this event; add one, or one with skip = true
event-no-folder = the event names a file on this computer; name the folder in which it lies (PATH) and its address (--base-url)
event-no-digest = the event gives no checksum, and the file is not below the named folder
event-method = the event's checksum is { $method }, which WIS2 does not allow; give SHA-2 or SHA-3, or name the folder of the file
event-other-digest = the event says that its checksum is { $claimed }, and it is { $computed }
event-other-length = the event says that it has { $claimed } bytes, and it has { $found }
event-checksum = { $field } is no checksum that is known: { $value }
event-scheme = { $field } is neither http, https, ftp nor sftp: { $value }
event-secret = { $field } has a user or a password, which everybody would read
event-no-data = { $field } has no file with the role "data"
event-too-many = { $field } has too many files
event-shape = neither a CloudEvent nor a STAC item
event-geometry = { $field }: { $reason }
geometry-kind = no geometry of GeoJSON
geometry-coordinates = its coordinates are not those of its type
geometry-off-the-globe = a longitude beyond 180 or a latitude beyond 90 degrees
geometry-open-ring = a ring must end where it begins, and have four positions
geometry-frame = a box has 4 or 6 numbers, south before north
geometry-too-long = too many positions
passed-over-repeat = the same was announced before
passed-over-rule = a rule passes it over
passed-over-retention = a rule announces no deletions
rules-in-line = line { $line }: { $reason }
rules-empty = there is no [[rule]]
rules-too-many = too many rules
rules-beside-skip = topic, metadata_id and action mean nothing beside skip = true
rules-other-centre = topic and metadata_id are of different centres
rules-no-licence = recommended data needs its conditions: licence = "https://…"
rules-cannot-be-cached = recommended data and what is below experimental are not cached: cache = false
topic-shape = the topic is not origin/a/wis2/CENTRE/metadata or …/data/core/… or …/data/recommended/…
topic-spelling = level { $level } of the topic may have small letters, digits and dashes only: { $value }
topic-centre = a centre is called COUNTRY-NAME or int-NAME, org-NAME…, not { $centre }
topic-too-short = the topic must name more than the discipline: …/weather/surface-based-observations/synop
topic-below-metadata = records are announced on the topic that ends in metadata
topic-unknown = level { $level } of the topic, { $value }, is not in the topic hierarchy { $version }; there is: { $known }. If it is newer, --unlisted-topic allows it.
topic-should-end = the topic hierarchy { $version } has no level { $level } there: { $value }. If it is newer, --unlisted-topic allows it.
topic-of-records = the topic is that of discovery records, not of data
topic-not-a-leaf = { $topic } has more detailed topics below it; one of these should be used
topic-satellite = The satellite and the instrument of { $topic } were not checked.
topic-centre-not-checked = Whether the centre { $centre } is registered with WMO was not checked; Global Brokers refuse unknown centres.
terms-no-record = Without --metadata-id the notifications name no discovery record; the next version of WIS2 will refuse them.
post-other-centre = metadata_id and topic are of different centres
post-data-id-elsewhere = data_id does not begin with the metadata_id
post-cached-experiment = below experimental, cache must be false
post-link-scheme = links of scheme { $scheme } are refused by validators
post-no-notification = no notification of WIS2
record-none = no discovery record (WCMP2)
record-id = its id must be urn:wmo:md:CENTRE:NAME, with a centre such as fr-name: { $id }
record-channel = channel { $topic }: { $reason }
record-other-policy = channel { $topic } is of another policy than wmo:dataPolicy
record-secret = the broker's address has a password that is not everyone's, and everybody would read it
help-relay-use = Use a relay as a source: the files that it offers can come by torrent as well
help-relay-used = List the relays in use, each with its key
help-relay-forget = Use a relay no longer, and forget its key
help-relay-url = Address of the relay: http or https
help-relay-check-share = Compare one piece with the publisher's server for so many percent of the relay's files (default 1); for files over 64 MiB always
cli-relay-use = In use: { $url }
cli-relay-use-aside = Set aside: { $url }: on { $file } it gave { $told }, the publisher's server { $found }
cli-relay-use-key-new = Key (new, kept from now on): { $fingerprint }
cli-relay-use-key-known = Key (known): { $fingerprint }
cli-relay-use-key-since = Key kept since { $time }
cli-relay-use-key-none = No key: the relay does not sign what it says
cli-relay-use-last = Last manifest: number { $sequence }, { $time }; checked: { $percent } % of files
cli-relay-use-dataset = { $dataset }: { $count ->
    [one] 1 file
   *[other] { $files } files
}
cli-relay-use-nothing = It offers no file now.
cli-relay-none-used = No relay is in use. Add one: nuee relay use URL
cli-relay-forgotten = No longer in use: { $url }
relay-too-many-used = At most { $most } relays are used. Take one out: nuee relay forget URL
relay-not-used = { $url } is not in use; nuee relay used lists those that are.
relay-list-not-kept = { $file } cannot be written: { $detail }
relay-used-unreachable = Relay { $url }: { $reason }. Nothing is known of it yet; files come by their other routes.
relay-used-from-before = Relay { $url }: { $reason }. What it said at { $known } is used.
relay-key-changed = Relay { $url } has another key than it had, and is not used. Kept: { $pinned }. Now: { $found }. Ask its operator; if the new key is right: nuee relay forget { $url }, then nuee relay use { $url }.
relay-no-longer-signed = Relay { $url } no longer signs what it says, and is not used. Its key was: { $pinned }. Ask its operator; if this is intended: nuee relay forget { $url }, then nuee relay use { $url }.
relay-other-address = { $url } is the relay { $found }. Use it by that address: nuee relay use { $found }
relay-manifest-replayed = Relay { $url } gives manifest { $found }, though it gave { $last } before; it is not used. If it was set up anew: nuee relay forget { $url }, then nuee relay use { $url }.
relay-answer-refused = The answer of relay { $url } is not used: { $detail }
relay-is-set-aside = Relay { $url } was set aside: on { $file } it gave { $told }, the publisher's server { $found }. To use it all the same: nuee relay forget { $url }, then nuee relay use { $url }.
relay-relays-disagree = Relays contradict each other on { $file }: { $one } gives { $told }, { $other } gives { $found }. Neither is used before the publisher's server was asked.
relay-relied-on = { $file }: torrent of { $relay } ({ $trust })
relay-replaced-at-source = { $file } was replaced by its publisher since { $relay } took it; the torrent of the relay is not used.
relay-contradicted = Relay { $relay } is set aside: of { $file } it gave { $told }, the publisher's server sends { $found }. Nothing more of it is used.
relay-not-decided = { $file }: { $relay } gave { $told }, elsewhere it is { $found }; which is right is not known, and the torrent of the relay is not used.
relay-other-torrent = { $file }: the .torrent that { $relay } gives is not the one that it signed; it is not used.
relay-trust-checked = checked at the publisher's server: { $right } of { $pieces } pieces
relay-trust-agreed = { $relays } relays agree
relay-trust-only = only this relay vouches for it
help-pledge = Keep and share what relays offer and few have
help-pledge-long = Asks the relays in use what they offer of the datasets and how many have each file, downloads the rarest up to SIZE, and uploads it as long as it runs, also when the relay has removed it. At most half of SIZE is of the newest day; 1 GiB of the disk always stays free. Each file lies in FOLDER/data, its .torrent in FOLDER/torrent.
help-pledge-size = How much room is pledged: 500M, 50G, 1.5T
help-pledge-folder = Folder of the archive (default: the current one)
help-pledge-dataset = A dataset or a package of it, such as meteo-france/arome-0.01/SP1; may be repeated
help-pledge-relay = Only what this relay offers; it has to be in use (nuee relay use URL); may be repeated
help-pledge-once = Check once, download what is to be downloaded, and end
help-pledge-every = Pause between two checks of the relays (default 1h)
help-pledge-list = List what is held, how many have it, and how much was uploaded
help-pledge-forget = Pledge nothing more in this folder; the files stay
cli-pledge-terms = Pledged: { $size } for { $datasets }
cli-pledge-not-running = No process runs this archive: nothing below is uploaded now.
cli-pledge-stage = { $file }: { $stage }
cli-pledge-let-go = let go: { $file } ({ $why })
cli-pledge-trouble = { $file }: { $trouble }
cli-pledge-file = { $stage }  { $size }  { $file }  seeds: { $seeds }  uploaded: { $given }
cli-pledge-sums = Held: { $count ->
    [one] { $files } file
   *[other] { $files } files
}, { $held } of { $most }; held by nobody else: { $alone }. Uploaded to others: { $given }
cli-pledge-forgotten = Nothing is pledged in this folder any more; the files stay.
pledge-nothing = Nothing is pledged in { $folder }. Pledge something: nuee pledge 50G --dataset ID
pledge-disk-too-full = Only { $free } of the disk is free, and { $least } has to stay free: nothing more is downloaded.
pledge-no-torrent = No relay's .torrent of { $file } can be used; it is tried again at the next check.
pledge-file-missing = { $path } is missing: it is no longer uploaded. If relays still offer it, it is downloaded again after a day.
pledge-file-changed = { $path } was changed: it is no longer uploaded, and left as it is.
pledge-rows-unsound = Of what was kept of this archive, entries that cannot be read: { $rows }. They are left out.
pledge-stage-wanted = to be downloaded
pledge-stage-held = held
pledge-stage-withheld = held, not uploaded: relays contradict each other
pledge-stage-lost = missing or changed on the disk
pledge-why-replaced = its publisher replaced it
pledge-why-contradicted = the relay that offered it was contradicted by the publisher's server
pledge-why-exchanged = many have it; a rarer one takes its room
pledge-why-over-pledge = less is pledged than is held
pledge-why-unoffered = no relay offers it any more
pledge-why-lost = missing or changed on the disk
pledge-seeds-unknown = not known

# Window: publishing a folder and relaying a dataset (part of the screen Sharing).

share-folder = Publish a folder…
share-dataset = Relay a dataset…
share-until-stopped = until stopped
share-empty = Nothing is published or relayed from this window.
share-empty-next = “Publish a folder” makes a .torrent of files of your own and serves them. “Relay a dataset” downloads each file of a publisher once and offers it to everybody, with a feed, .torrents and a tracker. What is started here starts again with Nuée until you stop it.
share-folder-title = Publish a folder
share-folder-which = Folder or file
share-folder-hint = /path/of/the/folder
share-folder-choose = Choose…
share-folder-note = It is read once and hashed. Its .torrent is written beside it and indexes beside GRIB files; no file is changed or moved.
share-folder-missing = Choose a folder, or type its whole path.
share-folder-start = Publish this folder
share-trackers = Further trackers
share-trackers-hint = https://tracker.example.org/announce
share-private-name = Privacy
share-private = Private torrent
share-private-note = Peers of a private torrent find each other by its trackers only. Anybody who has the .torrent can still download it. Its swarm is separate from that of the same files published openly.
share-cancel = Cancel
share-dataset-title = Relay a dataset
share-dataset-find = Dataset
share-dataset-none = No dataset of the catalogue matches.
share-dataset-missing = Choose a dataset.
share-dataset-start = Relay this dataset
share-leads = Lead times
share-leads-hint = 0..24/3 (all)
share-package = Package
share-package-hint = SP1 (all)
share-leads-note = Whole files are relayed, byte for byte as their publisher has them; fields cannot be chosen.
share-keep = Offer each file for
share-relay-folder = Folder of the relay
share-relay-folder-note = { $free } are free. Files are removed when their time is over. A relay.toml there is read too.
share-relay-folder-note-unknown = Files are removed when their time is over. A relay.toml there is read too.
share-reached-from = Who can connect
share-reached-everybody = everybody who reaches this computer
share-reached-here = this computer only, to try it
share-port = Port
share-port-note = Let TCP and UDP port { $port } through the firewall and the router.
share-port-wrong = The port is a number from 1 to 65535.
share-public-address = Public address
share-public-address-hint = http://… or https://…; empty: this computer's own
share-public-address-note = The address under which others reach it, if a router or web server stands in front. It goes into feeds and .torrents.
share-state-hashing = files are read and hashed
share-state-starting = starting
share-state-serving = served since { $since }
share-state-stopping = stopping
share-state-stopped = stopped; not started with Nuée
share-state-held-back = waits until uploads are allowed
share-state-failed = not served
share-not-served = It is not served.
share-figures-announced = { $n ->
    [one] { $n_txt } file announced
   *[other] { $n_txt } files announced
}
share-figures-kept = { $n ->
    [one] { $n_txt } file kept
   *[other] { $n_txt } files kept
}
share-figures-under-way = { $n_txt } on the way
share-figures-withdrawn = { $n_txt } withdrawn
share-figures-disk = { $size } on the disk
share-figures-spared = { $size } sent to peers: { $copies } copies that its publisher did not have to send
share-figures-copies = { $size } sent to peers: { $copies } copies
share-figures-peers = { $n ->
    [one] { $n_txt } peer, { $rate }
   *[other] { $n_txt } peers, { $rate }
}
share-reached-at = Reached from another network at { $at }.
share-not-reached = No connection from another network was seen yet.
share-leads-here = Its address leads to this computer only; nobody else can reach it.
share-leads-own-network = Its address leads to your own network only; nobody outside can reach it there.
share-note = { $at }: { $why }
share-check = Check the address
share-check-name = Request all of { $name } at its public address
share-check-is-under-way = The addresses are being requested.
share-check-under-way = { $asked } addresses requested so far
share-check-right = { $asked } of { $asked } addresses answered this computer at the public address at { $at }.
share-check-wrong = { $right } of { $asked } addresses answered this computer at { $at }. { $why }
share-check-limits = This does not prove that others reach it: a router may lead a request of this computer back to it. A connection from another network proves it, and is shown above once seen.
share-no-answer = { $url }: { $reason }. Check the public address, the web server in front, firewall and router. Some routers do not lead requests from inside back; ask somebody outside to open the address.
share-other-bytes = { $url } gives other bytes than the file has. Check the public address and the web server in front.
share-nothing-yet = No file is announced yet; the check can be done later.
share-hand-on = Hand on…
share-hand-on-name = Hand on { $name }
share-stop = Stop
share-stop-name = Stop sharing { $name }
share-resume = Start again
share-resume-name = Share { $name } again
share-remove = Remove
share-remove-name = Remove { $name } from the list; its files stay
share-remove-sure = Really remove
share-remove-sure-name = Really remove { $name } from the list; its files stay
share-keep-it = Keep
share-address-feed = Feed
share-address-page = Page
share-address-torrent = .torrent
share-address-magnet = Magnet
share-copy = Copy
share-copy-feed = Copy the address of the feed
share-copy-page = Copy the address of the page
share-copy-torrent = Copy the address of the .torrent
share-copy-magnet = Copy the magnet
share-copy-torrent-of = Copy the address of the .torrent of { $name }
share-copy-magnet-of = Copy the magnet of { $name }
share-torrent = .torrent
share-magnet = Magnet
share-files-show = Show files ({ $n_txt })
share-files-hide = Hide files
share-file-published = served
share-file-kept = kept, not served
share-file-until = until { $until }
share-file-sent = { $size } sent to peers

# Window: sharing.

sharing-given = What I give
sharing-relays = Relays in use
sharing-offer = Publish or relay
sharing-limits = Limits
sharing-sum-transfers = Transfers uploaded
sharing-sum-peers = Peers now
sharing-sum-rate = Upload rate
sharing-sum-now = Uploaded since Nuée started
sharing-sum-in-all = Uploaded in all
sharing-empty = Nothing is uploaded now.
sharing-empty-next = What you download is uploaded to other users for a while after it arrived. Download something on the screen Hours, and it stands here.
sharing-empty-not-sharing = You chose not to upload. Under “Limits” you can choose to share with other users; what you download then is uploaded for a while.
sharing-none-found = Nothing that is uploaded contains “{ $find }”.
sharing-head-name = Transfer
sharing-head-peers = Peers
sharing-head-rate = Rate
sharing-head-given = Uploaded
sharing-head-ratio = Ratio
sharing-head-until = Uploaded
sharing-stopped = stopped
sharing-while-receiving = while it downloads
sharing-while-receiving-why = It is still downloading. How long it is uploaded after that is set under “Limits”.
sharing-not-allowed = You chose not to upload; see “Limits”.
sharing-row = { $name }, peers: { $peers }, rate: { $rate }, uploaded: { $given }, ratio: { $ratio }, { $until }
sharing-stop = Stop
sharing-stop-name = Stop uploading { $name }
sharing-again = Upload again
sharing-again-name = Upload { $name } again
sharing-longer = 1 h longer
sharing-longer-name = Upload { $name } 1 h longer
sharing-show-offer = Show
sharing-show-offer-name = Show where { $name } is published
sharing-limits-section = Upload
sharing-reachable = Whether others can reach this computer
sharing-called-from-outside = Yes: a peer of another network connected to this computer { $ago }.
sharing-called-from-near = Not known for other networks: only peers of your own network connected to this computer so far, last { $ago }.
sharing-not-called = Not known: no peer has connected to this computer by itself since Nuée started. Transfers work all the same, with fewer peers.
hand-on = Hand on…
hand-on-name = Hand on { $name }
hand-on-nothing = There is no torrent of it: its bytes came from a server alone.
hand-on-not-yet = Not before all of it is downloaded.
hand-on-title = Hand on: { $name }
hand-on-note = With this, others get the same. Copy it, or read the code with a phone.
hand-on-address = Address
hand-on-magnet = Magnet link
hand-on-torrent = Address of the .torrent
hand-on-feed = Feed
hand-on-fingerprint = Fingerprint of the key
hand-on-code = QR code: { $kind }
hand-on-too-long = This is too long for a QR code. Copy it.
hand-on-copy = Copy
hand-on-copy-name = Copy: { $kind }
hand-on-copied = Copied
hand-on-close = Close
relays-use-address = Address of a relay
relays-use-address-empty = Type the address of a relay first.
relays-use-address-too-long = That is too long for an address.
relays-use-too-many = At most { $most } relays are used. Forget one first.
relays-use-show-key = Show its key
relays-use-add-note = A relay offers publishers' files as torrents. Its key is shown before anything of it is kept.
relays-use-asking-address = { $url } is asked…
relays-use-close = Close
relays-use-proposed = Not in use yet: { $url }
relays-use-compare = Compare this fingerprint with the one that the operator of the relay publishes. It is kept, and an answer with another key is refused.
relays-use-unsigned = it does not sign what it says
relays-use-unsigned-warning = This relay does not sign what it says: whoever stands between you and it can change that.
relays-use-offers = It offers { $files }: { $datasets }
relays-use-offers-nothing = It offers no file now.
relays-use-offers-unknown = Not known before it answers.
relays-use-offers-name = Offers
relays-use-keep = Use this relay
relays-use-drop = Do not use it
relays-use-is-used = It is in use already.
relays-use-empty = No relay is in use.
relays-use-empty-next = With a relay, files that publishers offer by HTTP alone come from other users as well. Type the address of one above.
relays-use-none-found = No relay in use contains “{ $find }”.
relays-use-head-relay = Relay and key
relays-use-head-state = State
relays-use-head-files = Offers
relays-use-head-came-to = Used
relays-use-row = { $who }; { $state }; { $files }; { $came_to }
relays-use-since = since { $time }
relays-use-aside = set aside: contradicted
relays-use-asking = is asked…
relays-use-asked = asked { $ago }
relays-use-answered = answered { $ago }
relays-use-answers = answers
relays-use-silent = does not answer
relays-use-not-asked = not asked since Nuée started
relays-use-list-of = its list: { $time }
relays-use-key-changed = other key: not used
relays-use-no-longer-signed = no longer signs: not used
relays-use-refused = its answer is not used
relays-use-files = { $n ->
    [one] { $n_txt } file
   *[other] { $n_txt } files
}
relays-use-of-datasets = { $n ->
    [one] of { $n_txt } dataset
   *[other] of { $n_txt } datasets
}
relays-use-relied-on = { $n ->
    [one] { $n_txt } downloaded
   *[other] { $n_txt } downloaded
}
relays-use-left = { $n ->
    [one] { $n_txt } not used
   *[other] { $n_txt } not used
}
relays-use-ask = Ask now
relays-use-ask-name = Ask now: { $url }
relays-use-is-aside = It is set aside, and not asked.
relays-use-forget = Forget
relays-use-forget-name = Forget { $url }
relays-use-forget-title = Forget this relay?
relays-use-forget-note = { $url } is used no longer, and its key is forgotten. When you add it again, it is a relay of which nothing is known.
relays-use-forget-yes = Forget it
relays-use-forget-no = Keep it
relays-use-aside-note = What this relay gave is not what the publisher's server sends. Nothing of it is used. To use it all the same, forget it and add it again.
relays-use-aside-since = Set aside
relays-use-aside-file = File
relays-use-aside-told = Checksum of the relay
relays-use-aside-found = Checksum of the publisher
relays-use-key-changed-note = This relay has another key than it had. Nothing of it is used. Ask its operator; if the new key is right, forget the relay and add it again.
relays-use-key-kept = Key that was kept
relays-use-key-now = Key that it has now
relays-use-no-longer-signed-note = This relay no longer signs what it says. Nothing of it is used. Ask its operator; if this is intended, forget the relay and add it again.
relays-use-key = Fingerprint of its key
relays-use-key-since = Key kept since
relays-use-key-since-unknown = not noted
relays-use-last-answer = Last answer
relays-use-silent-at = none; asked { $ago }
relays-use-refused-at = not used; asked { $ago }
relays-use-manifest = Its list
relays-use-manifest-words = number { $number }, written { $time }, { $age } old
relays-use-check = Compared with the publisher
relays-use-check-words = one piece of { $percent } of its files, and of every file over 64 MiB
relays-use-came-name = Since Nuée started
relays-use-came-nothing = No file was downloaded by it.
relays-use-came-checked = { $files }: { $right } of { $pieces } pieces compared with the publisher's server, all right
relays-use-came-agreed = { $files }: up to { $relays } relays agree
relays-use-came-only = { $files }: only this relay vouches
relays-use-came-replaced = { $files }, not used: replaced by the publisher meanwhile
relays-use-came-undecided = { $files }, not used: another relay says otherwise, and the publisher did not answer
relays-use-came-contradicted = { $files }, not used: contradicted by the publisher's server
relays-use-came-other-torrent = { $files }, not used: the .torrent is not the one that the relay signed
