# Messages à une personne : ce qui s'est passé, et que faire.

message-target-not-found = Le fichier { $target } n'existe pas. Vérifiez le chemin.
message-target-unknown = { $target } n'est ni un .torrent ni du GRIB. « nuee inspect » dit ce que c'est.
message-target-unreachable = Impossible de télécharger { $url } : { $reason }.
message-secrets-withheld = Pas écrit dans le .torrent, que chacun peut lire, car ces adresses contiennent un secret : { $urls }. Donnez des adresses que chacun peut utiliser.
message-length-unknown = { $url } n'indique pas sa longueur et ne peut donc pas être lu par parties. Demandez une autre adresse au producteur.
message-torrent-unsound = .torrent invalide : { $detail }. Téléchargez-le à nouveau auprès de son producteur.
message-torrent-v2-only = Ce .torrent est de la version 2 seule ; les pairs de la version 1 ont d'autres empreintes. Demandez au producteur un .torrent de version 1 ou hybride.
message-magnet-unsound = Lien magnet invalide : { $detail }.
message-no-metadata = Aucun pair n'a envoyé les métadonnées de ce lien magnet. Indiquez un pair avec --peer, autorisez la DHT avec --dht, ou utilisez le .torrent.
message-no-swarm-in-this-build = Cette version ne prend pas en charge les pairs. Utilisez --via http-only, ou une version avec l'option « swarm ».
message-no-way-to-peers = Le torrent ne nomme aucun tracker et aucun pair n'a été nommé. Ajoutez --peer HÔTE:PORT ou --dht, ou autorisez HTTP.
message-no-way-to-private-peers = Le torrent est privé et ne nomme aucun tracker. Ajoutez --peer HÔTE:PORT, ou autorisez HTTP.
message-no-file-matches = Aucun fichier du torrent ne correspond à { $wanted }.
message-nothing-chosen = Aucun champ ne correspond. Le fichier contient : { $available }.
message-nothing-chosen-lacking = Absent du fichier : { $lacking }. Le fichier contient : { $available }.
message-lacking = Introuvable : { $lacking }. Le reste a été trouvé.
message-lacking-available = Introuvable : { $lacking }. Le reste a été trouvé. Le fichier contient : { $available }.
message-no-such-lead = Le jeu de données n'a pas cette prévision : { $wanted }. Ses échéances vont de { $first } à { $last }.
message-no-fields = Aucun champ n'a pu être distingué dans { $name } ; on ne peut donc pas en sélectionner une partie.
message-unreadable = Entrée invalide : { $text }.
message-no-source = Aucune source n'a pu fournir le reste :
message-only-wrong-data = Les données reçues étaient fausses, et aucune source n'a pu les fournir correctement :
message-digest-mismatch = { $what } n'est pas ce qui a été publié : { $announced } était annoncé, { $computed } a été calculé. Rien n'a été mis en place ; prévenez le producteur.
message-announced-wrong = { $what } a été refusé : { $wrong }. Rien n'a été mis en place ; prévenez le producteur.
message-not-well-formed = Ce fichier GRIB est abîmé : { $detail }. Rien n'a été mis en place.
message-not-grib = { $name } n'est pas un fichier GRIB : { $length } reçus, qui commencent par « { $start } ». Rien n'a été mis en place.
message-not-grib-empty = { $name } n'est pas un fichier GRIB : le serveur a envoyé un fichier vide (0 octet). Rien n'a été mis en place.
message-text-instead-of-data = { $name } : une page web ou un texte a été reçu au lieu de données, qui commence par « { $start } ». Page de connexion, portail captif ou erreur du serveur ? Rien n'a été mis en place.
message-name-made-safe = Le torrent nomme un fichier ou un dossier « { $published } » ; il est enregistré sous « { $used } ».
message-files-lacking = { $count ->
    [one] 1 fichier est incomplet : { $names }
   *[other] { $n } fichiers sont incomplets : { $names }
}
message-disk-full = Le disque est plein. Ce qui était vérifié est conservé. Libérez de la place : la fenêtre reprend d'elle-même, une commande quand on la relance.
message-disk-too-small = Il faut { $needed } et il reste { $free }. Libérez de la place, ou choisissez un autre dossier, dans les réglages ou avec --out.
message-disk-denied = Interdit : { $what }. Choisissez un autre dossier, dans les réglages ou avec --out, ou changez ses droits.
message-folder-gone = Le dossier { $path } n'existe pas, ou n'en est pas un.
file-kind-grib = un fichier GRIB
file-kind-torrent = un .torrent
file-kind-bufr = un fichier BUFR (observations)
file-kind-netcdf = un fichier NetCDF
file-kind-hdf5 = un fichier HDF5 ou NetCDF 4
file-kind-html = une page web (HTML)
file-kind-xml = un fichier XML
file-kind-json = un fichier JSON
file-kind-text = un fichier texte
file-kind-zip = une archive ZIP
file-kind-gzip = un fichier compressé par gzip
file-kind-bzip2 = un fichier compressé par bzip2
file-kind-xz = un fichier compressé par xz
file-kind-zstd = un fichier compressé par Zstandard
file-kind-tar = une archive tar
file-kind-pdf = un document PDF
file-kind-picture = une image
file-kind-program = un programme
file-kind-sqlite = une base de données SQLite
file-kind-empty = vide
file-kind-folder = un dossier
file-kind-unknown = un fichier de nature inconnue
message-of-another-kind = { $target } est { $kind }. Nuée télécharge des .torrent, des liens magnet, des fichiers GRIB et des jeux de données de catalogues. « nuee inspect » en dit plus sur un fichier.
message-tried-again = { $why } Nouvel essai à { $at } (essai { $n } échoué).
message-too-many-followed = { $n } jeux sont déjà suivis. Arrêtez-en un avant d'en ajouter un autre.
message-link-in-the-way = Un lien barre le chemin : { $name }. Les liens ne sont jamais suivis ; retirez-le ou choisissez un autre dossier.
message-folder-in-use = Le dossier est occupé par un autre processus : { $by }. Attendez-le avec --wait, ou choisissez un autre dossier.
message-database-trouble = L'enregistrement de ce qui est téléchargé ne peut pas être écrit : { $detail }.
message-disk-trouble = Lecture ou écriture impossible : { $detail }.
message-kept-existing = Un fichier différent s'y trouvait ; il est conservé sous { $kept_as }.
message-index-from = Les champs ont été trouvés dans { $place }.
message-whole-file-only = { $url } : son serveur n'accepte pas les requêtes de plages. Le fichier entier est téléchargé et découpé ici.
message-contact-wanted = { $provider } demande à chaque client une adresse de contact, et peut refuser les autres. Indiquez-en une avec --contact.
help-contact = Contact, adresse électronique ou site, pour les fournisseurs qui en demandent un ; envoyé à chaque serveur HTTP
message-no-notices = Aucun fil d'annonces de { $provider } n'est connu. Son fichier peut en nommer un : notices = "https://…"
change = { $dataset }, à partir du réseau { $run } : { $what }
change-host = les fichiers viennent de { $after }, avant de { $before }
change-package-added = il y a un paquet de plus, { $package }
change-package-gone = le paquet { $package } n'est plus proposé
change-last-lead = { $package } va jusqu'à { $after }, avant { $before }
change-content = { $package } : la taille d'un réseau passe de { $before } à { $after } ; son contenu a probablement changé
message-index-unusable = L'index { $place } est inutilisable : { $detail }.
message-search-given-up = La recherche de messages GRIB a été abandonnée { $at } après le début du fichier : { $detail }. Ce que contient le reste du fichier est inconnu.
message-index-misfit = L'index { $place } ne correspond pas au fichier : { $misfit }. Les en-têtes du fichier sont lus à sa place.
message-not-as-told = Les données reçues ne sont pas celles qui étaient annoncées : { $misfit }. Rien n'a été mis en place ; réessayer plus tard.
misfit-unreadable-line = la ligne { $line } est illisible
misfit-out-of-file = la ligne { $line } désigne un endroit après la fin du fichier
misfit-leaves-out = il ne couvre pas les octets { $from } à { $to }
misfit-overlaps = deux messages se chevauchent à l'octet { $at }
misfit-no-message = aucun message entier ne commence à l'octet { $at }
misfit-other-length = le message à l'octet { $at } a { $found } octets et non { $told }
misfit-other-field = le message à l'octet { $at } a { $what } { $found } et non { $told }
misfit-untold = il ne donne pas pour chaque champ : { $what }
misfit-not-wanted = le message à l'octet { $at } n'est pas ce qui était demandé
misfit-other-than-named = { $name } porte dans son nom l'échéance { $told }, mais ses champs ont { $found }
misfit-not-listed = il ne liste pas tout ce qui est demandé
attribute-parameter = paramètre
attribute-level = niveau
attribute-lead = échéance
attribute-member = membre
attribute-run = réseau (run)
wished = { $what } { $words }
message-walked-headers = Les en-têtes du fichier ont été lus en { $requests } requêtes.
message-message-holds-more = Certains messages choisis contiennent aussi d'autres champs ; un message n'est jamais coupé.
message-peer-unusable = Le pair { $peer } n'a pas d'adresse.
message-web-seed-unusable = Le web seed { $url } est inutilisable : { $detail }.
message-waiting-for-folder = Le dossier est occupé par un autre processus : { $by }. On l'attend.
message-cannot-publish = Impossible de publier : { $detail }.
message-run-complete = { $files ->
    [one] { $title }, réseau du { $day } { $hour } UTC : l'échéance demandée est téléchargée.
   *[other] { $title }, réseau du { $day } { $hour } UTC : les { $text } fichiers demandés sont téléchargés.
}
message-source-lost = { $title } ne répond plus. Les téléchargements continuent depuis d'autres sources ; un nouvel essai aura lieu automatiquement.
message-offline = Cet ordinateur est hors ligne. Ce qui est montré a été lu avant ; les transferts en attente reprennent au retour du réseau.
message-online-again = Cet ordinateur est de nouveau en ligne.
message-clock-moved = L'horloge de cet ordinateur a été déplacée de { $by }. Pendant dix minutes, rien n'est supprimé pour son âge ni dit en retard.
message-settings-broken = Le fichier de réglages est illisible ({ $detail }). Les réglages par défaut sont utilisés et le fichier est laissé tel quel.
message-settings-broken-kept = Le fichier de réglages était illisible ({ $detail }). Les réglages par défaut sont utilisés ; le fichier est conservé sous { $path }.
message-settings-newer = Le fichier de réglages vient d'une version plus récente de Nuée : il est utilisé autant qu'il est compris et n'est pas écrit. Les changements valent jusqu'à la fermeture de la fenêtre.
message-settings-not-kept = Impossible d'écrire les réglages ({ $detail }). Ils valent jusqu'à la fermeture de la fenêtre.
message-cannot-open-gone = { $path } n'est plus là. Récupérez-le à nouveau, ou retirez sa ligne de la liste.
message-cannot-open-no-program = { $path } ne peut pas être ouvert d'ici : le programme { $program } n'est pas installé. Installez-le, ou ouvrez le fichier à cet endroit.
message-cannot-open = Le bureau n'a pas pu ouvrir { $path } ({ $detail }). Ouvrez-le à la main à cet endroit.
message-no-notifications = Le bureau n'affiche pas de notifications ({ $detail }). Les événements figurent ici et peuvent, avec --exec-run, lancer votre propre commande.
message-journal-written = Le journal est écrit dans { $path }, sans secrets.
message-provider-file-broken = Le fichier de fournisseur { $file } est invalide : { $detail }. Corrigez-le ; nuee catalog check montre tout ce qui ne va pas.
message-unknown-entry = Aucun catalogue ne contient { $id }. nuee catalog list montre ce qui existe.
message-unknown-entry-meant = Aucun catalogue ne contient { $id }. Vouliez-vous dire { $meant } ? nuee catalog list montre tout.
message-not-yet-published = Pas encore publié ; heure de parution inconnue. Avec --wait 2h, la commande attend.
message-not-yet-published-due = Pas encore publié ; attendu { $due }. Avec --wait 2h, la commande attend.
message-compressed-damaged = { $name } : les données { $compression } sont endommagées ({ $detail }). Rien n'a été mis en place ; téléchargez à nouveau le fichier.
message-decompresses-too-large = { $name } dépasse 200 fois sa taille une fois décompressé. Le fichier a été refusé.
message-length-not-told = { $url } n'indique pas la longueur du fichier. Il est téléchargé jusqu'à la fin, sans reprise possible : après une coupure il recommence au début.
message-name-misfit = { $misfit }. Les en-têtes des fichiers sont lus à la place de leurs noms.
message-not-yet-there = Pas encore publié : { $lacking }.
message-lacking-by-index = Ce qui manque manque dans l'index { $place } : { $compared } de ses { $messages } messages ont été comparés au fichier, les autres non.
message-waiting-for-server = { $host } : { $reason }. Nouvel essai dans { $wait }.
message-waiting-for-rate-limit = { $host } permet { $most } requêtes par minute. Suite dans { $wait }.
message-waiting-for-publication = Tout n'est pas encore publié ; attente.
message-waiting-for-publication-due = Tout n'est pas encore publié ; attendu { $due } ; attente.
message-no-longer-kept = Le fournisseur ne garde plus ce réseau : seulement ceux depuis { $oldest }.
message-no-such-run = Aucun réseau ne commence à { $time }. nuee catalog show indique les heures des réseaux.
message-listing-is-old = { $url } : { $reason } ; sa liste de { $fetched } est utilisée.
message-newer-run-unknown = On ne sait pas si le réseau du { $run } est publié : { $url } : { $reason }. Le plus récent connu est pris.
message-fetched-files-removed = { $n ->
        [one] { $n_txt } fichier annoncé a été supprimé, selon les réglages.
       *[other] { $n_txt } fichiers annoncés ont été supprimés, selon les réglages.
    }
message-too-many-brokers = { $place } n'a pas été ajouté : il peut y avoir au plus { $most } brokers. Retirez-en un d'abord.
message-too-many-rules = La règle pour { $filter } n'a pas été enregistrée : il peut y avoir au plus { $most } règles. Retirez-en une d'abord.
message-rule-unreadable = La règle pour { $filter } est illisible et ne s'applique plus. Enregistrez-la de nouveau.
message-too-many-pins = { $filter } n'a pas été épinglé : il peut y avoir au plus { $most } topics épinglés. Désépinglez-en un d'abord.
message-messages-dropped = { $place } : { $n ->
    [one] { $n_txt } message est arrivé plus vite qu'il ne pouvait être traité, et a été écarté.
    *[other] { $n_txt } messages sont arrivés plus vite qu'ils ne pouvaient être traités, et ont été écartés.
} Abonnez-vous à moins de topics.
message-announcement-forgotten = Le fichier n'a pas été téléchargé : son annonce n'est plus affichée. Demandez-la à l'archive du broker, ou attendez qu'elle soit de nouveau publiée.
message-already-here = Le même fichier est déjà téléchargé sous { $path } ; il n'est pas téléchargé de nouveau.
message-files-lost = Des fichiers téléchargés ne sont plus tels quels : transferts avec un fichier manquant : { $missing }, avec un fichier modifié : { $changed }. On peut les récupérer à nouveau depuis la liste.
message-files-right = { $name } : les fichiers ont été relus et sont corrects.
message-files-wrong = { $name } : un fichier manque sur le disque ou n'est plus celui qui a été téléchargé. Récupérez-le à nouveau.
message-nothing-to-check-by = { $path } ne peut pas être vérifié à nouveau : aucune somme de contrôle n'a été gardée au téléchargement.
message-request-forgotten = { $name } ne peut pas être récupéré à nouveau d'ici : la demande n'est plus connue.
message-stopped = Arrêté. Les données téléchargées sont conservées ; la même commande reprend là.
message-internal = Une partie du programme a échoué, ce qui ne devrait pas arriver : { $detail }. Merci de le signaler.

# Pourquoi une source ne donne rien.

reason-no-answer = pas de réponse
reason-connection-refused = connexion refusée
reason-closed = a fermé la connexion
reason-name-not-found = nom d'hôte introuvable
reason-name-service-silent = aucun serveur de noms ne répond
reason-offline = cet ordinateur est hors ligne
reason-proxy = le proxy { $proxy } : { $reason }
reason-host-not-allowed = l'administrateur de cet ordinateur n'autorise que d'autres hôtes
reason-tls = pas de connexion sûre : { $detail }
reason-address-refused = mène à { $class }, ce qu'un fichier n'a pas à nommer ; --allow-local le permet
reason-scheme-refused = les adresses du genre { $scheme } ne sont pas utilisées
reason-redirect-refused = redirige vers un endroit interdit
reason-too-many-redirects = redirige sans fin
reason-status = répond { $status }
reason-busy = est saturé (répond { $status })
reason-busy-wait = est saturé (répond { $status }) et demande d'attendre { $wait }
reason-web-page = envoie une page web au lieu de données : page de connexion (portail captif) ou d'erreur
reason-over-limit = limite le nombre de requêtes (« { $words } »)
reason-odd-status-line = envoie une ligne d'état invalide, comme le font certains services quand leur limite de requêtes est atteinte
reason-wrong-file = a envoyé d'autres octets que ceux qui étaient annoncés
reason-wrong-range = envoie une autre partie que la partie demandée ({ $told })
reason-wrong-length = le fichier y fait { $told } au lieu de { $expected }
reason-range-ignored = envoie le fichier entier au lieu d'une partie
reason-encoded = envoie les données encodées ({ $name })
reason-not-http = ne parle pas HTTP
reason-stalled = délai dépassé
reason-changed = le fichier y a changé entre-temps
reason-wrong-data = a envoyé des données fausses ({ $count ->
    [one] morceau { $pieces }
   *[other] morceaux { $pieces }
})
reason-no-peers = aucun pair
reason-peers-silent = les pairs n'ont rien envoyé pendant { $time }
reason-tracker-refused = le tracker refuse : { $words }
reason-tracker-warns = le tracker avertit : { $words }
reason-not-a-tracker = ne répond pas comme un tracker
reason-not-a-listing = envoie autre chose qu'une liste ({ $detail }) ; le service a-t-il changé ?
reason-not-as-left = { $count ->
        [one] { $file } a été modifié, déplacé ou supprimé depuis sa vérification : il n'est plus envoyé
       *[other] { $file } et { $count } fichiers en tout ont été modifiés, déplacés ou supprimés depuis leur vérification : ils ne sont plus envoyés
    }
reason-no-url = n'a pas d'adresse pour un fichier manquant : son chemin contient « . » ou « .. », ou est trop long
reason-other = { $words }

class-loopback = cet ordinateur même
class-private = un réseau privé
class-link-local = le lien local
class-shared = le réseau interne d'un opérateur
class-other = une adresse non attribuée

# Sources.

source-swarm = pairs
source-web-seed = web seed
source-mirror = serveur
source-inline = annonce
source-disk = disque
source-peer = pair
source-tracker = tracker
source-dht = DHT
source-local-network = réseau local

# Verdicts : une méthode et un garant, toujours ensemble.

verdict-piece-hashes = vérifié par les empreintes des morceaux
verdict-indexed-digest = vérifié par les empreintes d'un index
verdict-announced-digest = vérifié par une empreinte { $algorithm } annoncée
verdict-structure = structure seule ; aucune empreinte n'a été publiée
verdict-not-read-again = { $verdict } ; vérifié le { $date }, non relu depuis
verdict-mismatch = FAUX : annoncé { $announced }, calculé { $computed }
verdict-not-announced = non vérifié : aucune empreinte n'a été publiée
verdict-cannot-be-verified = invérifiable : le producteur indique { $named }
verdict-unreadable-digest = l'empreinte publiée est illisible
verdict-not-checked = non vérifié
voucher-host-tls = caution : { $host } (TLS)
voucher-host-plain = caution : { $host } (sans TLS)
voucher-broker-tls = annoncé sur { $host } (TLS)
voucher-broker-plain = annoncé sur { $host } (sans TLS)
voucher-person = caution : le .torrent, l'index ou l'empreinte que vous avez fourni
voucher-nobody = aucune caution

# La voie.

road-whole-files = fichiers entiers
road-pieces = morceaux entiers, car eux seuls peuvent être vérifiés
road-proven-ranges = plages exactes par HTTP, vérifiées par l'index
road-ranges = plages exactes par HTTP ; aucune empreinte n'a été publiée
road-no-index = le fichier entier, car rien ne dit où sont ses champs
road-decompressed = le fichier entier, car il est compressé : les champs en sont découpés après décompression
road-on-disk = depuis le disque

# Le terminal.

cli-plan = { $wanted } voulus, { $transfer } à transférer : { $road }
cli-plan-fields = { $fields ->
    [one] un champ, { $wanted } voulus, { $transfer } à transférer : { $road }
   *[other] { $fields } champs, { $wanted } voulus, { $transfer } à transférer : { $road }
}
cli-plan-index = { $octets } lus pour les trouver
cli-plan-lacking = introuvable : { $lacking }
cli-plan-others = Autres voies :
cli-plan-only = Rien n'a été téléchargé.
cli-progress = { $held } sur { $wanted } · pairs { $peer_rate } ({ $peers }) · HTTP { $http_rate } · reste { $left }
cli-progress-resolving = examen de { $name }
cli-giving = Envoi à { $rate } vers { $peers } pairs · { $given } envoyés
cli-giving-begins = Tous les fichiers sont en place. Cette commande { $until } ; Ctrl-C y met fin.
giving-until-time = jusqu'à { $time }
giving-until-day = jusqu'au { $day } { $time }
giving-until = envoie { $end }
giving-until-ratio-short = envoie { $end } ou { $ratio }×
giving-end-or-ratio = { $end } ou { $ratio }×
giving-until-ratio = envoie jusqu'à { $ratio } fois sa taille ({ $so_far } jusqu'ici), au plus { $end }
cli-file = { $path } · { $size } · { $verdict }, { $voucher }
cli-done = { $size } en { $time } : { $sources }
cli-done-none = Rien ne manquait.
cli-part = { $source } { $size } ({ $share })
cli-wasted = { $size } gaspillés
cli-trouble = { $kind } { $label } : { $reason }
cli-trouble-of-kind = { $kind } : { $reason }
cli-set-aside = { $kind } { $label } n'est plus utilisé : { $reason }
cli-usage-unknown = L'option { $argument } n'existe pas.
cli-usage-missing = { $argument } manque.
cli-usage-value = Valeur incorrecte pour { $argument } : { $value }
cli-usage-subcommand = La commande { $argument } n'existe pas.
cli-usage-other = { $detail }
cli-usage-missing-value = { $argument } demande une valeur.
cli-usage-conflict = { $argument } ne va pas avec { $other }.
cli-usage-forms = Formes acceptées : { $forms }
cli-usage-meant = Vouliez-vous dire { $meant } ?
cli-usage-all = « nuee --help » donne la liste des commandes.
cli-usage-more = « nuee { $command } --help » en dit plus.
forms-lead = 6 (heures), 6..9, 0..24/3, 15min ; plusieurs avec des virgules
forms-param = 2t,10u ; TMP ; 0/0/0 (discipline/catégorie/numéro) ; « température à 2 m » ; @sol @vent @pluie @ciel @vagues
forms-level = 2m, 850hPa, surface, msl ; plusieurs avec des virgules
forms-member = 0, 1..5, control, mean ; plusieurs avec des virgules
forms-run = latest, latest-complete, 2026-11-20T06Z, ou deux dates séparées par ..
forms-folder = du texte avec des champs entre accolades, comme '{"{"}run:%Y%m%d%H{"}"}/{"{"}package{"}"}'
forms-time = 30s, 10min, 2h, 7j
forms-seed-for = 30s, 10min, 2h ; au plus 7j
forms-seed-ratio = un nombre de 0,01 à 100, par exemple 1,5
forms-number = un nombre entier
forms-rate = 500k, 2M, 2Mio (par seconde ; au moins 32Kio)
forms-size = 500M, 20G, 2Gio
forms-topic = cache/a/wis2/#, avec + pour un niveau et # pour tout ce qui suit (à la fin seulement), ou v02.post.*.WXO-DD.#
forms-broker-heard = mqtt://HÔTE:1883, mqtts://UTILISATEUR:MOTDEPASSE@HÔTE:8883, ws://…, wss://…, amqps://UTILISATEUR:MOTDEPASSE@HÔTE:5671/VHOST?queue=NOM
forms-broker = mqtt://HÔTE:1883, mqtts://UTILISATEUR:MOTDEPASSE@HÔTE:8883, ws://…, wss://…
forms-id = FOURNISSEUR/JEU ou FOURNISSEUR/JEU/PAQUET, comme meteo-france/arome-0.01/SP1 ; nuee catalog list les montre tous
forms-contact = une adresse électronique ou un site, en un mot
forms-archive = https://HÔTE/…/collections/NOM
help-help-command = Afficher l'aide d'une commande
help-help-which = La commande, comme get ou follow add ; toutes par défaut
help-completions = Écrire un script de complétion pour un shell, ou une page de manuel
help-completions-kind = bash, zsh, fish, powershell ; ou man pour une page de manuel
help-completions-command = Avec man : la commande dont la page est écrite
help-completions-example = Exemples :
      nuee completions bash > ~/.local/share/bash-completion/completions/nuee
      nuee completions zsh > ~/.zfunc/_nuee
      nuee completions fish > ~/.config/fish/completions/nuee.fish
      nuee completions man get | man -l -
help-get-print-paths = Écrire le chemin de chaque fichier sur la sortie standard, un par ligne, et tout le reste sur la sortie d'erreur
help-get-entries = Jeux de données à nommer comme TARGET (nuee catalog list les décrit) :
cli-window-deaf = Nuée est déjà ouverte mais ne répond pas. Fermez-la, ou terminez son processus, puis recommencez.
cli-window-no-folder = Nuée ne peut pas écrire son propre dossier : { $what }. Changez ses droits et relancez ; dans le terminal : nuee get --help.
cli-window-missing = La fenêtre n'est pas dans cette version. Dans le terminal : nuee demo, nuee get --help.
cli-served = { $what } : { $url }
cli-serving = Service ouvert jusqu'à Ctrl-C.
cli-published = { $torrent } : { $size } en { $n ->
    [one] 1 morceau
   *[other] { $pieces } morceaux
}, info-hash { $hash }
cli-index-summary = { $n ->
    [one] { $fields } champ
   *[other] { $fields } champs
} dans { $size } ; { $read } lus en { $time }
cli-index-narrow = Le terminal est trop étroit pour toutes les colonnes ; --json les donne toutes.
cli-index-heads = message, position, longueur, réseau, échéance, champ, niveau, membre
cli-verify-line = { $path } · { $size } · { $verdict }, { $voucher }
cli-verify-partly = { $path } · { $size } · vérifié en partie : { $right } morceaux sur { $all } par leurs empreintes, { $voucher }
cli-verify-not-verified = { $path } · { $size } · non vérifié : rien n'a pu être contrôlé
cli-verify-broken = { $path } · { $size } · GRIB abîmé
cli-verify-not-grib = { $path } · { $size } · pas un fichier GRIB, et ni .torrent, ni index, ni empreinte pour le contrôler
cli-verify-failed = { $path } · { $problem }
cli-listen-listening = Connecté à { $broker } ({ $protocol }).
cli-listen-waiting = Connexion à { $broker } impossible : { $reason }. Prochain essai dans { $seconds } s.
cli-listen-filter-refused = { $broker } refuse l'abonnement à { $filter } : { $reason }
cli-listen-heard = { $time }  { $verdict }  { $lag }  { $name }
cli-listen-file = { $path } · { $size } · { $verdict }, { $voucher }
cli-listen-refused = { $key } a été refusé : { $detail }. Rien n'a été mis en place.
cli-listen-failed = Impossible de télécharger { $key } : { $reasons }
cli-listen-not-settled = { $key } : { $detail } Nouvel essai au prochain démarrage.
cli-listen-not-fetched = { $key } n'est pas téléchargé : { $detail }
cli-listen-dropped = { $count } messages sont arrivés plus vite qu'ils ne pouvaient être traités, et ont été écartés.
cli-listen-summary = { $messages } messages ({ $deviant } déviants, { $invalid } invalides), { $news } nouveaux fichiers, { $files } en place, { $refused } refusés, { $failed } en échec ; délai : moyen { $mean }, médian { $median }, 95e centile { $p95 }, maximal { $max }
cli-listen-source = { $source } : moyen { $mean }, maximal { $max }
cli-listen-gap = Pas de connexion de { $from } à { $to }, et le broker n'a gardé aucun message.
cli-listen-caught-up = L'archive avait { $count } annonces de { $from } à { $to }.
cli-listen-not-caught-up = L'archive n'a rien donné de { $from } à { $to } ; ce qu'elle contient est inconnu : { $reason }
archive-long-pages = ses pages sont trop longues : { $n ->
    [one] { $n_txt } annonce a été laissée de côté
    *[other] { $n_txt } annonces ont été laissées de côté
}
archive-more-pages = elle a plus de { $n } pages
cli-listen-missed = Il peut en manquer : { $reason }
cli-listen-never = { $broker } n'a jamais été connecté.
cli-listen-apart = { $count } messages ne comptent pas dans le délai : mis en attente pendant l'absence, retenus, réémis ou rejoués.
broker-version = il ne parle pas cette version de MQTT
broker-credentials = il refuse l'utilisateur ou le mot de passe ; les écrire ainsi : mqtts://UTILISATEUR:MOTDEPASSE@HÔTE ou amqps://UTILISATEUR:MOTDEPASSE@HÔTE
broker-refused = il refuse ({ $detail })
broker-no-virtual-host = il n'a pas d'hôte virtuel « { $name } », ou cet utilisateur n'y a pas droit ; une URL le nomme après l'hôte ({ $detail })
broker-no-exchange = il n'a pas d'exchange « { $name } », ou cet utilisateur ne peut pas le lire ; l'exchange est le premier niveau d'un topic ({ $detail })
broker-no-queue = cet utilisateur ne peut pas déclarer ou lire la file « { $name } » ({ $detail })
broker-queue-removed = la file « { $name } » y a été supprimée
broker-other-protocol = il n'y parle pas AMQP 0-9-1 ({ $detail })
broker-taken-over = session reprise : un autre client s'est présenté avec le même identifiant
broker-tls = échec de TLS ({ $detail })
broker-address-refused = son nom mène à une adresse qui n'est pas permise
broker-name-not-found = son nom est inconnu ; vérifier l'URL
broker-hung-up = il a fermé la connexion sans donner de raison
broker-lost = pas de connexion ({ $detail })
cli-inspect-torrent = .torrent { $verdict } : { $name }, { $size } en { $files } { $n ->
    [one] fichier
   *[other] fichiers
 }, { $n_pieces ->
    [one] 1 morceau
   *[other] { $pieces } morceaux
 } de { $piece_length }
cli-inspect-compressed = Compressé en { $compression } ; les positions comptent dans les données décompressées
cli-inspect-grib = GRIB : { $n ->
    [one] 1 champ
   *[other] { $fields } champs
 } dans { $n_messages ->
    [one] 1 message
   *[other] { $messages } messages
 }, { $size }
cli-inspect-index = index de { $entries } messages{ $digests }
cli-inspect-with-digests = , chacun avec son SHA-256
cli-inspect-announcement = annonce ({ $dialect }) { $verdict } : { $name }
cli-inspect-event = événement de supervision { $verdict } : { $name }
cli-inspect-record = fiche d'un jeu de données { $verdict } : { $name }
cli-inspect-unknown = { $size } de quelque chose qui n'est ni un .torrent, ni du GRIB, ni un index
cli-inspect-begins = ! Il commence par { $beginning }
cli-inspect-server-good = son serveur accepte les requêtes de plages : il peut être un web seed
cli-inspect-server-bad = son serveur ne peut pas être un web seed : { $reason }
cli-inspect-no-ranges = il n'accepte pas les requêtes de plages
cli-show-heads = n°, paramètre, niveau, échéance, min, max, moyenne, manquants, unité
cli-show-summary = { $n ->
    [one] { $fields } champ
   *[other] { $fields } champs
 }, { $failed } non décodés
cli-show-all-missing = tous manquants
decode-message = ce n'est pas un message entier
decode-section = une section est trop courte
decode-data = les données finissent avant la dernière valeur
decode-packing = le modèle de compactage { $number } n'est pas lu
decode-packing1 = un compactage de GRIB1 qui n'est pas lu (indicateurs { $flags })
decode-spectral = coefficients spectraux : pas de valeurs en des points
decode-grid = le modèle de grille { $number } n'est pas lu
decode-grid1 = le type de grille { $number } de GRIB1 n'est pas lu
decode-bitmap = le bitmap prédéfini { $number } n'est pas connu
decode-points = trop grand : { $points } points, plus de { $most }
decode-long = trop long : { $size }, plus de { $most }
decode-contra = invalide : { $detail }
decode-image = image invalide : { $detail }
decode-given = interrompu
cli-run = réseau
cli-lead = échéance

# La démonstration.

demo-welcome = Un petit producteur tourne dans ce processus : un réseau synthétique, marqué DEMO. Catalogue :
demo-catalogue-line = { $name } · { $size } · échéances { $leads }
demo-choose = Deux échéances sont téléchargées : { $first } chez les pairs, puis { $second } pendant que les pairs s'en vont.
demo-peers-leave = Les pairs sont partis. Le web seed prend la suite.
demo-table = Octets par source
demo-table-heads = fichier, pairs, web seed, verdict, caution
demo-slice = Une échéance tirée du fichier de toutes les échéances, par son index : { $lead }.
demo-done = Chaque fichier est en place et vérifié. Le producteur s'est arrêté et a retiré ce qu'il avait fabriqué.
demo-kept = Chaque fichier est en place et vérifié, dans { $dir }.
demo-failed = La démonstration a échoué.
demo-serving = Le producteur de démonstration sert jusqu'à ce qu'on l'arrête.
demo-serving-catalogue = Son catalogue, depuis un autre terminal : nuee get demo/arome-0.01/SP1 --run latest --lead 6..9 --providers {$dir} --allow-local

# La seconde partie de la démonstration : un relais et deux clients.

relay-demo-offer = Seconde partie de la démonstration : un relais télécharge une seule fois le réseau d'un producteur sans torrents ; deux clients le téléchargent auprès du relais et l'un de l'autre. Données synthétiques (DEMO), tout sur cet ordinateur, une dizaine de secondes.
relay-demo-start = Montrer le relais
relay-demo-begins = Le producteur DEMO fabrique son réseau …
relay-demo-published = Seconde partie. Un producteur DEMO sans torrents a un réseau de { $files } fichiers, { $size }. Un relais le télécharge une seule fois.
relay-demo-relaying = Le relais annonce { $offered } fichiers sur { $files } ; le producteur a envoyé { $sent }.
relay-demo-relayed = Le relais annonce les { $files } fichiers ; le producteur a envoyé { $sent } ({ $copies } copie). Deux clients utilisent le relais et téléchargent le réseau en même temps.
relay-demo-receiving = Les clients ont { $held } sur { $wanted } ; le producteur a envoyé { $sent }.
relay-demo-title = Copies épargnées par le relais (DEMO)
relay-demo-sent = Envoyé par le producteur : { $sent } ({ $copies } copie), dont { $relay } au relais.
relay-demo-classic = Deux téléchargements classiques lui auraient coûté { $size } ({ $copies } copies).
relay-demo-received = Les deux clients ont { $size } de fichiers vérifiés ({ $copies } copies).
relay-demo-transferred = Ils ont reçu { $relay } du relais, { $clients } l’un de l’autre, { $publisher } du producteur ; { $wasted } n’ont pas servi.
relay-demo-spared = Copies épargnées : { $copies }, soit les copies reçues par les clients moins les copies envoyées par le producteur.
relay-demo-client = Client { $number } : { $files } fichiers vérifiés par les empreintes des morceaux ; caution : { $trust }.
relay-demo-trust-both = { $checked } ; { $only }
relay-demo-trust-only = { $n ->
    [one] seul ce relais se porte garant de { $n_txt } fichier
   *[other] seul ce relais se porte garant de { $n_txt } fichiers
}
relay-demo-trust-checked = { $n ->
    [one] contrôlé sur le serveur du producteur : { $right } sur { $pieces } morceaux de { $n_txt } fichier
   *[other] contrôlé sur le serveur du producteur : { $right } sur { $pieces } morceaux de { $n_txt } fichiers
}
relay-demo-no-peers = La seconde partie de la démonstration, un relais et deux clients, demande une version avec pairs (feature swarm).
relay-demo-not-started = La seconde partie de la démonstration ne démarre pas : { $detail }
relay-demo-too-late = La seconde partie de la démonstration a été arrêtée après { $seconds } s.
relay-demo-stopped = La seconde partie de la démonstration a été arrêtée.

# Aide.

help-about = Données météo de modèles et d'observation par essaim et par maillage : une échéance vérifiée, de plusieurs sources
help-usage = Usage{"\u202F"}
help-commands = Commandes{"\u202F"}
help-arguments = Arguments{"\u202F"}
help-options = Options{"\u202F"}
help-global = Partout{"\u202F"}
help-help = Afficher cette aide
help-version = Afficher la version
help-lang = Langue : en ou fr ; sinon celle du système
help-json = Un objet JSON par ligne sur la sortie ; tout le reste sur la sortie d'erreur
help-allow-local = Laisser les fichiers nommer cet ordinateur et les réseaux privés
help-demo = Lancer une démonstration avec un producteur intégré de données synthétiques
help-demo-long = Démarre un petit producteur dans ce processus (un réseau synthétique, un tracker, un pair, un web seed), y télécharge deux échéances, laisse partir les pairs en route, et montre quels octets viennent de quelle source et comment ils ont été vérifiés. Ensuite un relais télécharge un réseau une seule fois, deux clients le téléchargent auprès du relais et l'un de l'autre, et les copies épargnées au producteur sont écrites. Rien ne sort de cet ordinateur.
help-demo-headless = Dans le terminal, sans fenêtre
help-demo-serve = Servir seulement : écrire les URL en une ligne JSON et rester jusqu'à l'arrêt
help-demo-dir = Garder les fichiers dans ce dossier
help-get = Télécharger des fichiers, ou seulement quelques échéances, paramètres et niveaux
help-get-long = Télécharge ce que désigne un .torrent, un lien magnet, l'URL d'un fichier de données ou un identifiant de catalogue : auprès des pairs d'abord, par HTTP là où ils ne suffisent pas. Avec --lead, --param ou --level, seuls ces champs sont téléchargés, dans un fichier. Chaque fichier est vérifié avant de recevoir son nom ; la même commande reprend un téléchargement interrompu.
help-get-target = Un .torrent (chemin ou URL), un lien magnet, l'URL ou le chemin d'un fichier GRIB, ou un identifiant de catalogue comme noaa/gfs-0.25
help-get-run = Réseau d'une entrée de catalogue : latest, latest-complete, 2026-11-20T06Z, ou deux dates séparées par ..
help-get-lead = Échéances : 6 (heures), 0..24, 0..24/3, 15min ; plusieurs avec des virgules
help-get-param = Paramètres : 2t,10u ou TMP ou 0/0/0 (discipline/catégorie/numéro), en toutes lettres (« température à 2 m ») ou un choix : @sol @vent @pluie @ciel @vagues
help-get-member = Membres d'un ensemble : numéros, plages, control, mean (moyenne), spread (dispersion). Par exemple 0,1..5 ou control.
help-get-level = Niveaux : 2m, 850hPa, surface
help-get-split = param : un fichier par paramètre
help-get-provenance = Écrire un fichier JSON à côté de chaque fichier : ses sources, comment il a été vérifié, son empreinte et sa licence
help-get-dry-run = Indiquer ce que coûterait chaque voie, et ne rien télécharger
help-get-partial = Code de sortie 0 même si un paramètre, un niveau ou une échéance demandés sont introuvables
help-get-recheck = Relire et vérifier les fichiers déjà en place, au lieu de se fier à leur taille et à leurs dates
help-get-folder = Dossier sous DIR pour les entrées d'un catalogue, avec des blancs : '{"{"}run:%Y%m%d%H{"}"}/{"{"}package{"}"}'
help-get-within = Délai après le début du réseau dans lequel un fichier doit être téléchargé (4h) : HTTP s'ajoute si les pairs seuls seraient en retard
help-get-files = Fichiers d'un torrent, avec * et ?
help-get-out = Dossier des fichiers (par défaut : ce dossier)
help-get-via = Sources à utiliser : swarm-first (par défaut), fastest, swarm-only ou http-only
help-get-peer = Un pair auquel se connecter, HÔTE:PORT ; répétable
help-get-web-seed = Une URL de plus d'où télécharger ; répétable
help-get-seed-for = Continuer à envoyer aux pairs pendant ce temps une fois les fichiers en place : 30s, 10min, 2h ; au plus 7j (par défaut : seulement pendant le téléchargement). Ctrl-C y met fin
help-get-seed-ratio = Continuer à envoyer jusqu'à tant de fois la taille (1,5), au plus une heure ou le temps de --seed-for
help-get-no-seed = Ne rien envoyer aux pairs
help-get-limit-down = Débit de téléchargement maximal, en octets par seconde : 500k, 2M (par défaut : aucun)
help-get-limit-up = Débit d'envoi maximal, en octets par seconde : 500k, 2M (par défaut : aucun)
help-get-connections = Connexions simultanées à un même serveur HTTP (par défaut : 2)
help-get-wait = Durée d'attente d'un dossier occupé ou de données pas encore publiées : 30s, 10min (par défaut : ne pas attendre)
help-get-keep-compressed = Avec une sélection : garder tel quel le fichier compressé qui contient ce qui est sélectionné. Par défaut, la sélection en est découpée après décompression ; un fichier entier reste toujours tel que téléchargé
help-retries = Nouveaux essais d'une requête dont le délai est dépassé, dont la connexion est perdue, ou à laquelle le serveur répond 429 ou 5xx : 0 à 20 ; 4 par défaut
help-get-example = Exemples :
      nuee get run.torrent --lead 12
      nuee get https://example.org/gfs.t00z.pgrb2.0p25.f006 --param 2t,10u,10v
      nuee get run.torrent --files '*SP1*' --out data --seed-for 1h
help-listen = S'abonner à un broker ; avec --download, télécharger ce qui est annoncé
help-listen-long = Se connecte à un broker MQTT (mqtt, mqtts, ws, wss) ou AMQP 0-9-1 (amqp, amqps), s'abonne aux topics et montre ce qui est annoncé : WIS2, Sarracenia et wmo_mesh indifféremment, avec le délai et les écarts. Avec --download, les fichiers annoncés sont téléchargés, chacun vérifié par l'empreinte annoncée, les alertes avant les observations avant les modèles ; après une interruption, la même commande ne manque rien de ce que le broker a gardé.
help-listen-broker = URL des brokers : mqtts://everyone:everyone@HÔTE:8883, amqps://anonymous@HÔTE ; ce que plusieurs annoncent de même est téléchargé une fois
help-listen-topic = Un topic, avec + pour un niveau et # pour tout ce qui suit, ou comme AMQP l'écrit : v02.post.# ; peut être répété ; vaut pour chaque broker
help-listen-download = Télécharger les fichiers annoncés
help-listen-out = Dossier des fichiers
help-listen-match = Ne télécharger que les fichiers dont le nom contient cette expression régulière
help-listen-most = Ne télécharger que les fichiers annoncés avec au plus cette taille : 50Mo
help-listen-most-per-day = Télécharger au plus ce nombre d'octets par jour (20 Go par défaut)
help-listen-follow-torrents = Suivre aussi un .torrent dont la somme de contrôle du fichier n'est pas annoncée
help-listen-lead = Ne télécharger que les fichiers dont le nom porte une de ces échéances : 6, 0..24
help-listen-folder = Dossiers sous --out, remplis pour chaque fichier à partir de centre, date, hour, run et source, chacun entre accolades
help-listen-archive = Archive à interroger pour les annonces manquées : une collection d'un Global Replay ou de l'archive d'un nœud (OGC API)
help-listen-since = Demander d'abord à l'archive ce qui a été annoncé depuis cette durée : 6h
help-listen-count = Finir après ce nombre d'annonces
help-listen-seconds = Finir après ce nombre de secondes
help-index = Lister les champs d'un fichier GRIB avec leurs échéances, ou écrire un index
help-index-target = Fichier ou URL
help-index-idx = Écrire un index comme wgrib2
help-index-index = Écrire un index de tranches : lignes JSON avec le SHA-256 de chaque message
help-inspect = Dire ce qu'est un fichier ou une URL, et ce qui ne va pas
help-inspect-target = Fichier ou URL
help-show = Décoder les champs d'un fichier GRIB : minimum, maximum, moyenne, points manquants
help-show-long = Décode chaque champ d'un fichier GRIB et donne son nom, son niveau, son échéance, son unité, son minimum, son maximum et sa moyenne. La moyenne compte tous les points de la même façon. Un champ qui ne peut pas être décodé est listé avec la raison ; les autres n'en souffrent pas.
help-show-target = Fichier ou URL
help-verify = Vérifier des fichiers avec un .torrent, un index ou une empreinte
help-verify-paths = Fichiers et dossiers
help-verify-against = Un .torrent, un index, ou une empreinte comme sha256:… ; sinon ce qui se trouve à côté du fichier
help-publish = Créer les index de tranches et le .torrent de fichiers, et les servir
help-publish-long = Crée un index de tranches à côté de chaque fichier GRIB et un .torrent canonique : les mêmes octets ont toujours le même info-hash. Avec --serve, aussi un serveur HTTP, un tracker et un pair.
help-publish-paths = Fichiers et dossiers
help-publish-tracker = Un tracker à nommer ; répétable
help-publish-web-seed = Une URL où les fichiers se trouveront ; répétable
help-publish-split = Couper d'abord chaque fichier, aussi ceux d'un dossier, en un par échéance
help-publish-serve = Les servir jusqu'à l'arrêt ; sur cet ordinateur seulement, sauf --bind
help-publish-bind = Adresse où servir, HÔTE:PORT
help-publish-base-url = Adresse sous laquelle les autres atteignent ce qui est servi (http ou https) ; par défaut l'adresse d'écoute
help-publish-private = Un torrent privé : ses pairs ne se trouvent que par ses trackers, et son info-hash n'est pas le canonique
cli-reached = atteint depuis un autre réseau à { $at }
help-publish-out = Dossier de ce qui est créé ; sinon à côté des fichiers

# Fenêtre : cadre, rail, barre d'état, palette, messages.

place-sources = Sources
place-hours = Échéances
place-transfers = Transferts
place-announcements = Annonces
place-followed = Suivis
place-sharing = Partage
place-fields = Champs
followed-note = Les nouvelles échéances de ces jeux sont téléchargées automatiquement tant que Nuée est ouverte. Choisissez des échéances et « Suivre » pour en ajouter.
followed-empty = Rien n'est suivi.
followed-empty-next = Choisissez des échéances d'un jeu dans l'écran Échéances, puis « Suivre » : elles sont alors téléchargées à chaque nouveau réseau, dès leur publication.
followed-to-hours = Aller aux échéances
followed-none-found = Aucun suivi ne contient « { $find } ».
followed-head-what = Jeu et échéances
followed-head-due = Prochaine échéance
followed-head-success = Téléchargé
followed-head-state = État
followed-due-now = attendue depuis { $since }
followed-due-unknown = inconnue
followed-fetched = { $n ->
    [one] { $n_txt } échéance
   *[other] { $n_txt } échéances
}
followed-leads = échéances { $leads } h
followed-all-leads = toutes les échéances
followed-members = membres { $members }
followed-paused = suspendu
followed-active = à jour
followed-source-failed = source injoignable
followed-hour-failed = La dernière échéance n'a pas pu être téléchargée. { $why }
followed-hour-failed-short = dernière échéance échouée
followed-again = Prochaine vérification à { $at }.
followed-row = { $title }, { $hours }, prochaine échéance attendue : { $due }, dernier téléchargement : { $success }, { $state }
followed-look = Vérifier
followed-look-name = Vérifier maintenant ce qui est publié de { $name }
followed-pause = Suspendre
followed-pause-name = Suspendre le suivi de { $name }
followed-resume = Reprendre
followed-resume-name = Reprendre le suivi de { $name }
followed-stop = Arrêter
followed-stop-name = Arrêter le suivi de { $name }
followed-is-paused = Le suivi est suspendu. Reprenez-le d'abord.
followed-stopped = { $name } n'est plus suivi. Les fichiers restent.
follow-in-window = { $name } (fenêtre) : échéances { $leads } · { $fetched } échéances téléchargées, dernière { $success } · prochaine attendue { $due } · { $state }
hours-follow-torrent = Un .torrent n'a pas d'autre réseau. Les jeux d'un fournisseur peuvent être suivis.
handed-look = Montrer ses champs
fields-none = Aucun fichier n'est ouvert.
fields-none-next = Déposez un fichier GRIB sur la fenêtre, choisissez-en un dans l'écran Sources ou collez son URL : ses champs sont listés ici. « nuee FICHIER » en ouvre un aussi.
fields-to-sources = Aller aux sources
fields-being-read = Lecture du fichier en cours.
fields-being-read-next = Seuls ses en-têtes sont lus, ou un index placé à côté ; un grand fichier sur un serveur prend un moment.
fields-not-read = Le fichier n'a pas pu être lu.
fields-again = Relire
fields-close = Fermer
fields-download = Télécharger ce fichier
fields-other = C'est { $kind }.
fields-other-next = Il ne contient aucun champ GRIB. Ses premiers octets disent ce que c'est ; « nuee inspect » en dit plus.
fields-count = { $n ->
    [one] { $n_txt } champ
   *[other] { $n_txt } champs
}
fields-run = réseau du { $run }
fields-runs = réseaux du { $first } au { $last }
fields-problems = { $n ->
    [one] Un problème dans ce fichier :
   *[other] { $n_txt } problèmes dans ce fichier :
}
fields-no-fields = Aucun champ ne peut être lu dans ce fichier.
fields-no-fields-next = Les problèmes sont listés ci-dessus.
fields-none-found = Aucun champ ne contient « { $find } ».
fields-head-param = Paramètre
fields-head-name = Nom
fields-head-unit = Unité
fields-head-level = Niveau
fields-head-lead = Échéance
fields-head-member = Membre
fields-head-grid = Grille
fields-head-size = Taille
fields-row = { $param }, { $name }, unité { $unit }, niveau { $level }, échéance { $lead }, membre { $member }, grille { $grid }, { $size }
mesh-topic-dropped = Abonnement à { $filter } supprimé.
transfers-of-announcement = Il a été annoncé par un broker. Récupérez-le à nouveau dans l'écran Annonces.
place-journal = Journal
place-settings = Réglages
window-no-display = Il n'y a pas d'écran ici, donc pas de fenêtre. Dans le terminal : nuee demo --headless montre le principe, nuee get --help dit le reste.
window-missing = Il manque à la fenêtre une bibliothèque ou un pilote : sudo apt install { $package }. Sans cela, dans le terminal : nuee get --help, nuee demo --headless.
window-refused = La fenêtre ne s'ouvre pas : { $detail }. Dans le terminal : nuee get --help, nuee demo --headless.
toast-close = Fermer ce message
banner-crashed = { $n ->
    [0] Nuée s'est arrêtée sur une défaillance la dernière fois. Les détails sont dans { $report }.
    [one] Nuée s'est arrêtée sur une défaillance la dernière fois. Les détails sont dans { $report } ; { $n_txt } transfert reprend là où il en était.
   *[other] Nuée s'est arrêtée sur une défaillance la dernière fois. Les détails sont dans { $report } ; { $n_txt } transferts reprennent là où ils en étaient.
}
banner-clock = L'horloge de cet ordinateur a été déplacée. Pendant dix minutes, rien n'est supprimé pour son âge ni dit en retard.
leaving-title = Fermer maintenant ?
leaving-note = { $n ->
    [one] { $n_txt } transfert est en cours. Les données téléchargées sont conservées ; il reprendra là au prochain démarrage.
   *[other] { $n_txt } transferts sont en cours. Les données téléchargées sont conservées ; ils reprendront là au prochain démarrage.
}
leaving-stay = Rester
leaving-close = Fermer
help-title = Premiers pas et touches
help-step-1 = 1. Sources : ouvrez un jeu de données, ou ajoutez un .torrent, un lien magnet ou une URL.
help-step-2 = 2. Échéances : glissez sur les échéances voulues, puis téléchargez.
help-step-3 = 3. Transferts : voyez quels octets viennent de quelle source, et comment ils sont vérifiés. « Suivre » dans Échéances télécharge chaque nouveau réseau automatiquement.
help-key-places = les écrans, dans l'ordre du rail
help-key-find = rechercher dans cet écran
help-key-palette = tout ce qui peut se faire, par son nom
help-key-log = le journal
help-key-zoom = agrandir, réduire, rétablir la taille
help-key-arrows-name = Flèches, Espace, Entrée
help-key-arrows = se déplacer, choisir, ouvrir ; dans les tableaux et sur la matrice
help-key-tab-name = Tab, Échap
help-key-tab = passer à la commande suivante ; fermer ce qui est ouvert
help-key-help = cette page
help-close = Fermer
palette-name = Commande
palette-hint = Saisissez ce que vous voulez faire
palette-none = Aucune commande de ce nom.
palette-go = Aller à : { $place }
palette-pause-all = Suspendre tous les transferts
palette-go-on-all = Reprendre tous les transferts suspendus
palette-light = Couleurs claires
palette-dark = Couleurs sombres
palette-system-theme = Couleurs du système
palette-larger = Plus grand
palette-smaller = Plus petit
palette-usual-size = Rétablir la taille
palette-help = Premiers pas et touches
palette-quit = Fermer Nuée
rail-with-count = { $title }, { $n_txt }
find-name = Rechercher dans cet écran
find-hint = Rechercher  (Ctrl+F)
status-received = ↓ { $rate } · { $share } par les pairs
status-received-none = ↓ { $rate }
status-received-say = Téléchargement à { $rate }, dont { $share } par les pairs
status-received-none-say = Rien n'est en cours de téléchargement
status-given = ↑ { $rate } · { $sum } envoyés
status-given-say = Envoi aux pairs à { $rate } ; { $sum } envoyés depuis le démarrage
status-peers = { $n ->
    [one] { $n_txt } pair
   *[other] { $n_txt } pairs
}
status-peers-say = { $n ->
    [0] Aucun pair n'est connecté
    [one] { $n_txt } pair est connecté
   *[other] { $n_txt } pairs sont connectés
}
status-brokers = brokers { $up }/{ $all }
status-brokers-say = { $up } brokers sur { $all } répondent
status-free = { $free } libres
status-offline = hors ligne
status-offline-say = Cet ordinateur n'a pas de réseau : ce qui est montré a été lu avant.
status-free-say = { $free } libres dans { $folder }
status-clock-say = { $utc } UTC, { $local } sur cet ordinateur

# Fenêtre : première page et ce qui a été remis.

choose-folder = Parcourir…
choose-file = Parcourir…
picker-missing = Aucune boîte de dialogue n'est apparue. Saisissez le chemin ici, ou installez xdg-desktop-portal.
welcome-intro = Des données de modèles météo venant d'autres utilisateurs et de leurs producteurs, chaque octet vérifié.
welcome-language = Langue
welcome-language-found = trouvée sur cet ordinateur
welcome-folder = Dossier des fichiers
welcome-source = Une source
welcome-source-name = URL, chemin ou lien magnet d'une source
welcome-source-hint = https://…   magnet:…   ou un chemin
welcome-source-later = Peut rester vide : des sources s'ajoutent à tout moment.
welcome-source-known = Déjà connues : { $names }. Peut rester vide.
welcome-choice = Comment recevoir les fichiers ?
welcome-share = Partager avec d'autres utilisateurs (télécharger et envoyer)
welcome-share-note = Les réseaux arrivent plus tôt et les serveurs des producteurs sont ménagés. Les pairs voient votre adresse IP. Ces données sont ouvertes : leurs licences (Licence Ouverte / Etalab 2.0, CC BY 4.0, domaine public) permettent de les partager.
welcome-share-cap = L'envoi est limité à { $rate } ; cela se change à tout moment.
welcome-share-no-cap = L'envoi n'est pas limité ; cela se change à tout moment.
welcome-http = HTTP seulement
welcome-http-note = Seuls les serveurs des producteurs sont contactés. Aucun autre utilisateur ne voit votre adresse IP ; rien n'est envoyé.
welcome-nothing-yet = Rien n'a été contacté jusqu'ici. Les deux se changent dans les réglages.
handed-title = Télécharger ceci ?
handed-yes = Le télécharger
handed-no = Ne pas télécharger
handed-files = { $n ->
    [one] { $n_txt } fichier, { $size }
   *[other] { $n_txt } fichiers, { $size }
}
handed-hosts = { $n ->
    [one] Cet hôte serait contacté :
   *[other] Ces { $n_txt } hôtes seraient contactés :
}
handed-more-hosts = { $n ->
    [one] et { $n_txt } autre
   *[other] et { $n_txt } autres
}
handed-no-hosts = Aucun hôte n'y est nommé. Rien n'a été contacté jusqu'ici.
handed-waiting = { $n ->
    [one] { $n_txt } autre attend une réponse.
   *[other] { $n_txt } autres attendent une réponse.
}
announcements-none = Aucun broker n'est connecté.
announcements-next = Choisissez-en un ci-dessus : ce qu'il annonce apparaît ici, avec son délai, ses écarts et ses fichiers vérifiés. Rien n'est contacté avant.

# Fenêtre : Sources.

sources-add-name = URL, chemin ou lien magnet d'une source
sources-add-hint = URL, chemin ou lien magnet d'un catalogue, .torrent ou fichier GRIB
sources-add = Ajouter
sources-add-empty = Saisissez ou collez d'abord une adresse.
sources-add-too-long = C'est trop long pour une adresse.
sources-choose-file = Choisir un fichier…
sources-dialog-open = Le choix du fichier est ouvert.
sources-no-dialog = Aucun fichier n'a été choisi. Si rien ne s'est ouvert, installez xdg-desktop-portal, ou saisissez le chemin ci-dessus.
sources-drop-here = { $count ->
    [one] Lâcher ici : un .torrent devient une source, un fichier GRIB est ouvert
   *[other] Lâcher ici : sur { $n } fichiers, les .torrent deviennent des sources, les GRIB sont ouverts
}
sources-drop-hint = On peut déposer des fichiers sur la fenêtre et y coller des liens.
sources-empty = Aucune source pour l'instant.
sources-empty-next = Collez ci-dessus l'adresse d'un catalogue ou d'un .torrent, ou déposez un .torrent sur la fenêtre. Un fichier GRIB est ouvert pour montrer ses champs.
sources-none-found = Aucune source et aucun jeu ne contient « { $find } ».
sources-none-found-next = Videz le champ de recherche pour tout voir.
sources-head-name = Source et jeu de données
sources-head-kind = Genre, maille
sources-head-newest = Dernier réseau, UTC
sources-head-published = Publiées
sources-head-success = Dernière réponse
sources-built-in = Cette source fait partie du programme.
sources-remove = Retirer
sources-ask = Actualiser
sources-notices = Avis
notices-title = { $source } : changements et pannes
notices-asked = Le service est interrogé.
notices-unanswered = Il n'y a pas de réponse.
notices-none = Rien n'a été annoncé, et aucun changement n'a été vu.
notices-seen = Changements constatés
notices-announced = Annoncé par le service
notices-old = Le fil n'est pas accessible ({ $reason }) ; ce qui suit a été lu { $ago }.
sources-asking-now = Actualisation en cours.
sources-open-hours = Choisir des échéances
sources-get-all = Tout télécharger
sources-magnet-is-mute = Contenu inconnu tant que les métadonnées ne sont pas téléchargées. Téléchargez le tout.
sources-no-hours = Les noms de ses fichiers n'ont ni réseau ni échéance. Téléchargez le tout.
sources-lost = Injoignable depuis { $since }. { $why }
sources-offers-nothing = Elle répond, et n'offre rien.
sources-no-run = aucun réseau
sources-dataset-row = { $title }, maille { $grid }, dernier réseau { $newest }, publiées { $published }
sources-provider = fournisseur
sources-catalogue = catalogue
sources-torrent = .torrent
sources-folder = dossier
sources-broker = broker MQTT
sources-demo = démonstration
sources-not-tried = pas encore contactée
sources-not-tried-since = pas contactée depuis le démarrage
sources-asking = actualisation
sources-answers = répond
sources-lost-short = injoignable
time-just-now = à l'instant
time-ago = il y a { $age }
sources-never = jamais

# Fenêtre : Échéances.

hours-state-chosen = choisie
hours-state-none = pas de telle échéance
hours-state-expected = pas encore publiée
hours-state-late = en retard
hours-state-missing = manque à la source
hours-state-withdrawn = retirée
hours-state-unknown = inconnue
hours-state-available = disponible
hours-state-queued = en attente
hours-state-arriving = téléchargement
hours-state-arriving-share = téléchargement, { $share }
hours-state-partly-here = en partie téléchargée
hours-state-here = téléchargée
hours-state-failed = en échec
hours-size-unknown = taille inconnue
hours-size-exact = { $size } (exact)
hours-cell = réseau { $run }, échéance { $lead }, { $size }, { $state }, validité { $valid }
hours-tip-run = Réseau du { $day } { $run }, échéance { $lead }
hours-tip-valid = Validité : { $day } { $hour } ({ $local } sur cet ordinateur)
hours-tip-holds-less = Contient moins de champs que les autres échéances de son réseau.
hours-tip-follow = Pas encore publiée. « Suivre » la téléchargera dès sa publication.
hours-tip-missing = Le fournisseur en a publié de suivantes sans elle ; un autre réseau a peut-être cette heure de validité.
hours-tip-withdrawn = Le fournisseur l'a retirée ; un autre réseau a peut-être cette heure de validité.
hours-tip-unknown = Sa liste n'a pas pu être lue : on ne sait pas si elle est publiée.
hours-run = réseau { $run } du { $day }, { $published } échéances publiées sur { $expected }
hours-run-unknown = { $run }, { $count } inconnues
hours-run-delay = La dernière est parue { $delay } après l'heure du réseau.
hours-run-choose = Cliquer choisit tout le réseau ; Ctrl l'ajoute.
hours-head-run = Réseau, UTC
hours-head-day = Date de validité
hours-head-valid-hour = Heure de validité, UTC
hours-head-lead = Échéance, h
hours-matrix = { $title } : { $runs }, { $leads }. Les flèches déplacent, Espace choisit, Maj étend, Ctrl+A prend tout, Entrée télécharge.
hours-reading-first = Lecture du catalogue en cours.
hours-reading-again = Nouvelle lecture du catalogue en cours ; ce qui est montré a été lu { $ago }.
hours-read = Catalogue lu { $ago }.
hours-reading-failed = Le catalogue n'a pas pu être lu. { $why }
hours-reading-failed-since = Le catalogue n'a pas pu être lu ; ce qui est montré a été lu { $ago }. { $why }
hours-dataset = Jeu de données :
hours-being-read = Lecture du catalogue en cours.
hours-being-read-next = Les réseaux apparaissent ici à mesure qu'ils sont trouvés.
hours-not-read = Le catalogue n'a pas pu être lu.
hours-no-runs = Aucun réseau n'est publié.
hours-no-runs-next = Actualisez plus tard, ou ouvrez un autre jeu ci-dessus.
hours-no-source = La source de ce jeu a été retirée.
hours-ask-again = Actualiser
hours-packages = Paquets
hours-fields = Champs
hours-levels = Niveaux
hours-members = Membres
hours-member-control = contrôle
hours-member-mean = moyenne
hours-member-spread = dispersion
hours-all = tous
hours-filter = { $name } : { $figure }
hours-take-all = Tous
hours-no-fields = Les champs seront connus dès qu'un index aura été lu.
hours-nothing-published = Rien n'est publié qui puisse être choisi.
hours-preset-latest = Dernier réseau, 24 h
hours-preset-day = Tout le jour, { $day }
hours-preset-no-day = Tout le jour
hours-preset-day-tip = Chaque heure de ce jour, prise dans le réseau le plus récent qui l'a.
hours-preset-none = Aucune
hours-columns = Colonnes
hours-by-lead = Échéance
hours-by-valid = Validité
hours-by-valid-tip = Une colonne est une heure de validité : les réseaux se comparent.
hours-nothing-chosen = Aucune échéance n'est choisie.
hours-how-to-choose = Glisser sur les cases ; Maj étend, Ctrl ajoute. Ou prendre le dernier réseau ci-dessus.
hours-choose-first = Choisissez d'abord des échéances : glissez sur les cases.
hours-asked = { $count ->
    [one] { $n } échéance demandée.
   *[other] { $n } échéances demandées.
}
hours-asked-next = Leur progression est montrée dans les cases ci-dessus ; les transferts montrent leurs sources et comment elles sont vérifiées.
hours-asked-here = Tout est téléchargé ; les transferts montrent les sources et comment tout a été vérifié.
hours-asked-failed = { $count ->
    [one] L'une a échoué ; son transfert dit pourquoi et que faire.
   *[other] { $n } ont échoué ; leurs transferts disent pourquoi et que faire.
}
hours-runs = { $count ->
    [one] { $n } réseau
   *[other] { $n } réseaux
}
hours-leads = { $count ->
    [one] { $n } échéance
   *[other] { $n } échéances
}
hours-of-runs = { $runs ->
    [one] d'un réseau
   *[other] de { $n } réseaux
}
hours-chosen = { $count ->
    [one] { $n } échéance { $runs } · { $size }
   *[other] { $n } échéances { $runs } · { $size }
}
hours-plan-asked = Le coût est en cours de calcul.
hours-transfer = À transférer : { $size }
hours-road = Voie : { $road }
hours-ways-torrent = offert en torrent (plus rapide)
hours-ways-classic = offert par URL (classique)
hours-ways-both = offert en torrent (plus rapide) et par URL (classique)
hours-already-here = { $count ->
    [one] { $n } déjà téléchargée
   *[other] { $n } déjà téléchargées
}
hours-from-peers = attendu des pairs : { $share }
hours-free = { $free } libres
hours-show-transfers = Voir les transferts
hours-download = { $count ->
    [0] Télécharger
    [one] Télécharger { $n } échéance
   *[other] Télécharger { $n } échéances
}
hours-copy-command = Copier la commande
hours-no-area = Pas de sous-domaine : les champs sont téléchargés entiers.
files-size = Taille
files-changed = Modifié
files-nothing-chosen = Aucun fichier choisi. Cliquez sur un fichier ; avec Ctrl pour en ajouter, avec Maj jusqu'à.
files-choose-first = Choisissez d'abord des fichiers.
files-chosen = { $count ->
    [one] { $n } fichier choisi
   *[other] { $n } fichiers choisis
} · { $size }
files-download = { $count ->
    [0] Télécharger
    [one] Télécharger { $n } fichier
   *[other] Télécharger { $n } fichiers
}
files-none-found = Aucun fichier de ce genre
files-none-found-next = Choisissez d'autres valeurs ci-dessus, ou cherchez autre chose.
hours-follow = Suivre
hours-follow-tip = Télécharger ces échéances de chaque nouveau réseau dès sa publication.
hours-all-here = Tout ce qui est choisi est déjà sur le disque.
hours-empty = Aucun jeu de données pour l'instant.
hours-empty-next = Une source offre des jeux de données ; les réseaux et échéances de chacun se choisissent ici.
hours-to-sources = Voir les sources
hours-none-open = Aucun jeu de données n'est ouvert.
hours-none-open-next = Ouvrez-en un pour choisir parmi ses réseaux et échéances.

# Fenêtre : Transferts et détail.

transfers-slice = { $run } +{ $lead }{ $package }
transfers-head-name = Fichier
transfers-head-size = Taille
transfers-head-progress = Progression
transfers-head-rate = Débit
transfers-head-peers = Pairs
transfers-head-http = HTTP
transfers-head-state = État et vérification
transfers-head-given = Envoyés
transfers-head-added = Ajouté
transfers-sort-by = Trier par : { $column }
transfers-row = { $name }, { $size }, { $progress }, { $rate }, pairs { $peers }, part HTTP { $http }, { $state }
transfers-state-removed = retirée de la liste
transfers-state-queued = attend son tour
transfers-state-waiting = attend le disque
transfers-state-next-try = prochain essai à { $at }
transfers-state-paused = suspendue
transfers-state-resolving = recherche en cours
transfers-state-receiving = téléchargement
transfers-state-receiving-left = téléchargement, reste ≈ { $left }
transfers-state-done = terminée
transfers-state-stopped = arrêtée ; données téléchargées conservées
transfers-proof = { $method } · { $voucher }
transfers-proof-pieces = vérifié par morceaux
transfers-proof-index = vérifié par un index
transfers-proof-announced = vérifié par { $algorithm } annoncé
transfers-proof-structure = structure seule ; sans caution
transfers-voucher-person = fourni par vous
transfers-failed = échec
transfers-failed-no-source = échec : aucune source
transfers-failed-not-proven = échec : ce n'est pas ce qui a été publié
transfers-failed-disk = échec : disque
transfers-failed-not-yet = pas encore publiée
transfers-failed-unsound = échec : torrent, magnet ou fichier invalide
transfers-pause = Suspendre
transfers-go-on = Reprendre
transfers-retry = Réessayer
transfers-give-longer = Envoyer 1 heure de plus
transfers-stop-giving = Ne plus envoyer
transfers-nothing-given = Aucun transfert choisi n'envoie aux pairs.
transfers-limit-down = Limite de téléchargement
transfers-limit-up = Limite d'envoi
transfers-by-peers = Réessayer par les pairs
transfers-by-http = Réessayer par HTTP
transfers-fetch-again = Récupérer à nouveau
transfers-check-again = Vérifier à nouveau
transfers-nothing-lost = Rien n'y manque ni n'est modifié sur le disque.
transfers-disk-missing = manquant sur le disque
transfers-disk-changed = modifié sur le disque
transfers-disk-unknown = téléchargé ; disque non vérifié
transfers-disk-missing-reason = { $count ->
    [one] Un fichier n'est plus là où il avait été mis.
   *[other] { $count } fichiers ne sont plus là où ils avaient été mis.
}
transfers-disk-changed-reason = Un fichier sur le disque n'est plus tel qu'il y avait été mis.
detail-was-verified = à l'arrivée : { $words }
transfers-remove = Retirer
transfers-open-folder = Ouvrir le dossier
transfers-open-file = Ouvrir avec…
transfers-look = Détail
transfers-choose-first = Choisissez d'abord un transfert dans la table.
transfers-nothing-to-pause = Rien de ce qui est choisi n'est en cours.
transfers-nothing-to-go-on = Rien de ce qui est choisi n'est suspendu ou en échec.
transfers-no-peers-wanted = Les pairs sont désactivés dans les réglages (HTTP seulement).
transfers-all-done = Tout ce qui est choisi est terminé.
transfers-no-file-yet = Aucun fichier n'est encore en place.
transfers-empty = Aucun transfert pour l'instant.
transfers-empty-next = Choisissez des échéances : chacune devient ici un transfert, avec ses sources et sa vérification.
transfers-to-hours = Choisir des échéances
transfers-chosen = { $count ->
    [one] { $n } choisi
   *[other] { $n } choisis
}
transfers-all = Tous
transfers-active = En cours
transfers-done = Terminés
transfers-failed-group = En échec
transfers-back = Revenir à la liste
transfers-removed = { $count ->
    [one] { $n } transfert retiré de la liste ; ses fichiers restent.
   *[other] { $n } transferts retirés de la liste ; leurs fichiers restent.
}
transfers-undo = Annuler
transfers-none-in-group = Rien dans ce groupe.
transfers-none-in-group-next = Les autres groupes sont au-dessus de la table.
transfers-none-found = Aucun transfert ne contient « { $find } ».
transfers-none-found-next = Videz le champ de recherche pour tout voir.
detail-peers = Pairs
peers-not-looked-for = Aucun pair n'a été cherché.
peers-none-known = Aucun pair n'a été trouvé.
peers-none-connected = Aucun pair n'est connecté.
peers-hold-nothing-missing = Les pairs connectés n'ont rien de ce qui manque.
peers-all-choke = Tous les pairs qui ont quelque chose nous font attendre (choke).
peers-asked = Des pairs sont sollicités.
peers-send = Des pairs nous envoient des données.
peers-not-listed = Les pairs sont listés tant que le transfert est en cours.
peers-head-who = Pair
peers-head-who-tip = Son adresse réseau, et le nom que se donne son programme
peers-head-holds = Possède
peers-head-holds-tip = Part des morceaux qu'il dit posséder
peers-head-down = Réception
peers-head-down-tip = À quel débit il nous envoie en ce moment
peers-head-up = Envoi
peers-head-up-tip = À quel débit nous lui envoyons en ce moment
peers-head-received = Reçus
peers-head-received-tip = Ce qu'il nous a envoyé, sur le réseau
peers-head-sent = Envoyés
peers-head-sent-tip = Ce que nous lui avons envoyé
peers-head-found = Trouvé par
peers-head-found-tip = Qui l'a indiqué. « Proche » : dans un réseau de cet ordinateur ; ces pairs sont appelés d'abord
peers-head-state = État
peers-head-state-tip = Choke : un pair n'envoie qu'à quelques autres à la fois, les autres attendent leur tour
peers-row = { $who } : { $state }. Possède { $holds }, réception { $down }, envoi { $up }, { $received } reçus, { $sent } envoyés ; trouvé par { $found }
peers-round-trip = Il a mis { $time } à répondre à notre appel.
peer-by-person = vous
peer-by-tracker = tracker
peer-by-peer = un autre pair
peer-by-dht = DHT
peer-by-local-network = ce réseau
peer-by-itself = son propre appel
peer-near = proche
peer-sends = nous envoie
peer-chokes-us = nous fait attendre (choke)
peer-nothing-for-us = n'a rien d'utile pour nous
peer-is-sent-to = nous lui envoyons
peer-waits = attend son tour (choke)
peer-wants-nothing = ne demande rien
peer-not-connected = déconnecté
detail-sources = Sources
detail-pieces = Morceaux
detail-fields = Champs GRIB
detail-rates = Débits
detail-files = Fichiers et vérification
detail-progress = { $progress } de { $size }
detail-given = { $size } envoyés
detail-limit-down = limite de téléchargement { $rate }
detail-limit-up = limite d'envoi { $rate }
detail-wasted = { $size } gaspillés
detail-open-folder = Montrer dans le dossier
detail-no-rates = Aucun débit n'a encore été mesuré.
detail-rate-peers = Des pairs
detail-rate-http = Par HTTP
detail-rate-given = Envoyé
detail-no-sources = Aucune source n'est encore connue.
detail-on-the-wire = Pairs et trackers un par un : octets sur le réseau, comptés à part
detail-head-who = Source
detail-head-kind = Genre
detail-head-gave = Reçus
detail-head-rate = Débit
detail-head-share = Part
detail-head-wasted = Gaspillés
detail-head-state = État
detail-source-row = { $who }, { $kind }, reçus { $gave }, { $state }
detail-source-named = { $n ->
    [0] n'a nommé aucun pair
    [one] a nommé { $n } pair
   *[other] a nommé { $n } pairs
}
detail-source-not-answered = pas encore de réponse
detail-source-gives = envoie
detail-source-nothing-yet = rien envoyé encore
detail-source-gave = a envoyé des données
detail-source-nothing = rien envoyé
detail-no-pieces = Les morceaux ne sont pas encore connus.
detail-piece-count = { $count ->
    [one] { $n } morceau de { $size }
   *[other] { $n } morceaux de { $size }
}
detail-piece-not-wanted = non voulu
detail-piece-missing = manquant
detail-piece-asked-http = demandé par HTTP
detail-piece-from-peers = des pairs
detail-piece-from-http = par HTTP
detail-piece-from-disk = du disque
detail-no-fields = Les champs seront connus dès qu'un index aura été lu.
detail-fields-here = { $here } champs sur { $all } sont déjà lisibles
detail-member = membre { $number }
detail-field-here = lisible
detail-field-missing = pas encore téléchargé
detail-no-files = Aucun fichier n'est encore en place : un fichier reçoit son nom une fois vérifié.
detail-kept-as = Un fichier différent de ce nom a été conservé sous { $name }.

# Fenêtre : Journal.

log-entries = Événements
log-hosts = Hôtes contactés
log-all = Tout
log-attention = Avertissements
log-failures = Échecs
log-weight-note = Note
log-weight-attention = Avertissement
log-weight-failure = Échec
log-copy = Copier
log-copy-tip = Copier ce qui est affiché
log-nothing-to-copy = Rien n'est affiché.
log-export = Exporter…
log-export-path = Fichier du journal
log-export-note = Événements et hôtes, dans cette langue, sans mots de passe, clés ni jetons.
log-write = Écrire
log-empty = Rien à signaler.
log-empty-next = Ce qui ne va pas apparaît ici avec sa cause et son remède.
log-none-found = Rien ne correspond.
log-none-found-next = Videz le champ de recherche, ou choisissez Tout.
log-hosts-empty = Aucun hôte n'a été contacté.
log-hosts-empty-next = Chaque hôte apparaît ici dès qu'il est contacté : pourquoi, combien de fois et pour combien d'octets.
log-host = Hôte
log-purpose = Motif
log-requests = Requêtes
log-received = Reçu
log-last = Dernière fois
log-purpose-http = données par HTTP
log-purpose-tracker = tracker
log-purpose-peer = pair
log-purpose-dht = nœud DHT
log-purpose-router = routeur
log-purpose-local-network = réseau local
log-purpose-broker = broker
log-host-say = { $n ->
    [one] { $host }, { $purpose }, { $n_txt } requête, { $received } reçus, dernière fois { $last }
   *[other] { $host }, { $purpose }, { $n_txt } requêtes, { $received } reçus, dernière fois { $last }
}

# Fenêtre : Réglages.

settings-general = Général
settings-storage = Fichiers
settings-sharing = Pairs et HTTP
settings-network = Connexion
settings-telling = Notifications
settings-about = À propos
settings-as-system = Comme le système
settings-reset = Rétablir : { $name }
settings-reset-all = Tout rétablir
settings-reset-all-tip = Rétablit tous les réglages, sauf le choix de partager ou non avec d'autres utilisateurs.
settings-none-found = Aucun réglage ne contient « { $find } ». Videz le champ de recherche pour tout voir.
settings-language = Langue
settings-theme = Couleurs
settings-theme-light = Claires
settings-theme-dark = Sombres
settings-zoom = Taille
settings-zoom-note = Aussi avec Ctrl + et Ctrl −.
settings-motion = Animations
settings-motion-reduced = Le moins possible
settings-clock = Heures
settings-clock-note = Réseaux, échéances et heures de validité sont toujours en UTC.
settings-clock-local = De cet ordinateur
settings-folder = Dossier
settings-folder-free = { $free } libres
settings-folder-unknown = La place libre y est inconnue.
settings-folder-wrong = Il faut un chemin complet, par exemple /data/grib.
settings-never = jamais
settings-unlimited = sans limite
settings-days = { $n ->
    [one] { $n_txt } jour
   *[other] { $n_txt } jours
}
settings-purge-age = Supprimer les fichiers annoncés de plus de
settings-purge-note = Seulement les fichiers téléchargés sur annonce et non modifiés depuis, selon l'heure de leur arrivée.
settings-purge-age-wrong = Il faut une durée, par exemple 48 h ou 7 jours, ou rien pour jamais.
settings-purge-size = Supprimer les fichiers annoncés les plus anciens au-delà de
settings-purge-size-wrong = Il faut une taille, par exemple 100 Go, ou rien pour jamais.
settings-versions = Versions antérieures des fichiers annoncés
settings-versions-note = Combien restent à côté d'un fichier mis à jour : all (toutes, 1440 au plus) ou un nombre, 0 pour aucune. Pour les règles créées désormais qui ne le disent pas.
settings-giving = Autres utilisateurs
settings-giving-note = Les pairs voient votre adresse IP.
settings-giving-share = Partager avec d'autres utilisateurs (télécharger et envoyer)
settings-giving-receive = Télécharger chez d'autres utilisateurs, ne rien envoyer
settings-giving-http = HTTP seulement
settings-policy = Source préférée
settings-policy-swarm-first = Les pairs ; HTTP là où ils ne suffisent pas
settings-policy-fastest = Tous à la fois
settings-policy-swarm-only = Les pairs seuls
settings-policy-http-only = HTTP seul
settings-policy-by-giving = « HTTP seulement » ci-dessus ne laisse pas de choix ici.
settings-laid-down = Imposé par l'administrateur : HTTP seulement.
settings-no-peers-by-proxy = Avec un proxy, il n'y a pas de pairs : rien ne le contourne.
settings-give-time = Envoyer après un téléchargement
settings-give-time-note = Compté à partir du moment où les fichiers sont en place, même si le programme redémarre ; au plus { $most }. 0 n'envoie que pendant le téléchargement.
settings-give-time-wrong = Un temps jusqu'à { $most } : 30 min, 1 h, 2 j
settings-give-ratio = S'arrêter plus tôt au ratio
settings-give-ratio-note = Octets envoyés divisés par la taille du téléchargement, par exemple 1,5 ; rien pour aucune limite.
settings-give-ratio-wrong = Un nombre de 0,01 à 100, ou rien pour aucune limite
settings-limit-up = Limite d'envoi
settings-limit-down = Limite de téléchargement
settings-limit-note = Par exemple 500 ko/s ou 2 Mo/s ; rien pour aucune limite.
settings-limit-wrong = Il faut un débit d'au moins { $least }, par exemple 2 Mo/s, ou rien pour aucune limite.
settings-transfers-at-once = Transferts à la fois
settings-connections = Connexions à un serveur HTTP
settings-connections-note = Peu de connexions ménagent les serveurs des producteurs.
settings-retries-wrong = Un nombre de 0 à { $most }
settings-retries-note = Après un délai dépassé, une connexion perdue ou un serveur saturé.
settings-retries = Nouveaux essais d'une requête échouée
settings-number-wrong = Il faut un nombre entier de 1 à { $most }.
settings-own-networks = Réseaux locaux de confiance
settings-own-networks-note = Adresses privées que .torrents et catalogues peuvent nommer. Tout le reste ne mène qu'à des adresses publiques.
settings-own-networks-wrong = Il faut des réseaux comme 192.168.7.0/24, séparés par des virgules.
settings-proxy = Proxy
settings-proxy-note = Toutes les connexions passent par lui.
settings-proxy-note-some = Toutes les connexions passent par lui, il n'y a donc pas de pairs.
settings-proxy-system = Comme le système
settings-proxy-direct = Aucun
settings-proxy-by = Celui-ci :
settings-proxy-type-first = Saisissez son adresse à côté.
settings-proxy-wrong = Il faut une adresse comme http://hôte:3128 ou socks5://hôte:1080.
settings-tell-when = Notifier sur le bureau quand
settings-tell-run = un réseau est complet
settings-tell-proof = une vérification a échoué
settings-tell-disk = le disque est plein
settings-tell-source = une source est injoignable
settings-version = Version
settings-made-of = Logiciel libre : MIT ou Apache-2.0. Polices : B612 (SIL OFL 1.1), Material Symbols (Apache-2.0).

# Catalogues
help-catalog = Montrer ce qu'offrent les catalogues : fournisseurs, jeux, réseaux et échéances
help-catalog-list = Lister les fournisseurs et leurs jeux de données
help-catalog-show = Dire ce qui est connu d'un jeu : réseaux, paquets, licence, adresses
help-catalog-runs = Montrer les derniers réseaux et les échéances publiées
help-catalog-check = Vérifier les fichiers de fournisseurs : ceux de Nuée et les vôtres
help-catalog-notices = Montrer ce que le service d'un fournisseur annonce : changements, pannes
help-catalog-search = Chercher avec des mots parmi les jeux de données du WIS2 : qui les annonce, et sur quel topic
help-catalog-words = Mots que contient la fiche
help-catalog-in = La collection de fiches à interroger, au lieu des Global Discovery Catalogues
catalog-found = { $count } fiches sur { $all }, de { $whose }
help-catalog-provider = Identifiant d'un fournisseur, par exemple noaa
catalog-no-items = { $provider } n'annonce rien.
help-catalog-id = Identifiant d'un jeu ou d'un de ses paquets, comme meteo-france/arome-0.01/SP1
help-catalog-dir = Dossier de fichiers de fournisseurs ; celui des réglages par défaut
help-catalog-count = Nombre de réseaux affichés (par défaut : 8)
help-catalog-files = Écrire aussi une ligne JSON par fichier
help-providers = Dossier de vos propres fichiers de fournisseurs
catalog-documented = documenté le { $on }, non essayé
catalog-tried = essayé le { $on }
catalog-broken = { $file }, ligne { $line } : { $reason }
catalog-sound = { $count } fichiers de fournisseurs sont valides.
catalog-license = { $licence } · { $attribution }
catalog-packages = Paquets : { $packages }
catalog-cycles = Réseaux de { $hours } UTC, jusqu'à { $last }
catalog-retention = Gardé { $time }
catalog-whole-only = Fichiers entiers seulement.
catalog-run-complete = complet
catalog-run-count = { $published } publiées sur { $expected }
catalog-run-missing = { $count } manquantes
catalog-run-unknown = { $count } inconnues
catalog-run-late = { $count } en retard
catalog-run-withdrawn = { $count } retirées
catalog-run-after = première après { $time }
catalog-table = { $count } fichiers sans réseau ; ils se choisissent par { $keys }
catalog-page-failed = { $url } : { $reason }
catalog-page-old = { $url } : { $reason } ; ce qui est montré date de { $fetched }
catalog-legend = # publiée  . attendue  ~ en retard  x manquante  - retirée  ? inconnue
help-follow = Suivre un jeu de données : chaque nouvelle échéance est téléchargée automatiquement
help-follow-add = Suivre un jeu dans un dossier ; un suivi du même nom est remplacé
help-follow-list = Lister les suivis de la fenêtre et de ce dossier, ou de --out, avec la prochaine échéance
help-follow-run = Télécharger ce qui est publié, jusqu'à l'arrêt
help-follow-remove = Ne plus suivre ; les fichiers restent
help-follow-name = Nom du suivi ; l'identifiant par défaut
help-follow-keep = Supprimer ses fichiers après ce temps (7j) : seulement ceux qu'il a téléchargés, et inchangés
help-follow-keep-size = Supprimer ses fichiers les plus anciens au-delà de cette taille (20G)
help-follow-exec-run = Démarrer ceci une fois pour un réseau complet, terminé avec des manques, ou en retard (NUEE_EVENT)
help-follow-exec = Votre propre commande pour le shell, lancée une fois par fichier, avec NUEE_FILE, NUEE_RUN et NUEE_KEY
help-follow-for = Finir après cette durée : 10min, 2h
help-follow-notify = Notifier sur le bureau : runs (complet, avec des manques, en retard) ou files (chaque fichier aussi)
help-follow-every = Pause la plus longue entre deux consultations (par défaut : 10min)
follow-added = { $name } est suivi. nuee follow run le met en route.
follow-removed = { $name } n'est plus suivi. Les fichiers restent.
follow-listed = { $name } (dossier) : { $id } · { $here } fichiers téléchargés, dernier { $success } · { $missing } échéances manquantes · prochaine attendue { $due } · { $state }
follow-not-checked = pas encore vérifié
follow-none = Rien n'est suivi ici.
follow-executed = { $key } : la commande a fini par { $code }
follow-run-complete = Réseau du { $run } : complet.
follow-run-incomplete = Réseau du { $run } : tout ce qui a été publié est téléchargé ; des échéances manquent.
follow-run-late = Réseau du { $run } : en retard.
follow-file-removed = Supprimé, comme demandé : { $path }
follow-missing = { $key } : manquante
follow-waiting = Rien de nouveau ; prochaine vérification { $until }.

# Courtiers et annonces : ce qui est singulier, faux ou pas téléchargé.

wrong-file-digest = la somme de contrôle { $announced } était annoncée, { $computed } a été calculée
wrong-file-form = { $detail }
wrong-file-length = { $announced } octets ont été annoncés, il y en a { $found }
wrong-file-several = un .torrent de { $files } fichiers pour un seul fichier annoncé
not-fetched-no-link = aucun lien ne peut être suivi
not-fetched-limit = la limite de { $octets } par jour est atteinte ; il sera téléchargé au début du jour suivant (UTC), ou maintenant à la main
not-fetched-larger-than-day = il dépasse la limite de { $octets } par jour ; téléchargez-le à la main, ou relevez la limite
not-fetched-trouble = { $detail }
not-fetched-directory = un dossier, pas un fichier
not-fetched-torrent = un .torrent sans somme de contrôle annoncée de son fichier ; une règle peut le permettre (--follow-torrents)
message-announced-twice = { $key } a été annoncé avec deux contenus différents ; les deux sont conservés, le premier sous { $first }
help-listen-mirror = Ce que devient un fichier téléchargé quand sa source le retire : keep (par défaut) le laisse, follow le supprime sauf s'il a été modifié ; les renommages sont suivis dans les deux cas
help-listen-versions = Combien de versions antérieures d'un fichier mis à jour restent à côté de lui : all (par défaut, 1440 au plus) ou un nombre, 0 pour aucune ; les plus anciennes sont supprimées sauf si elles ont été modifiées
cli-listen-version = Version antérieure conservée sous { $path }
cli-listen-version-removed = Version antérieure supprimée : { $path }
cli-listen-replaced = Version antérieure remplacée : { $path }
cli-listen-renamed = Renommé : { $from } → { $to }
cli-listen-conflict = Conflit : { $key } a été annoncé avec deux contenus différents ; les deux sont conservés : { $first } et { $second }
cli-listen-withdrawn = Retiré par sa source : { $key } ; aucune copie locale
cli-listen-withdrawn-local = Retiré par sa source : { $key } ; { $path } : { $became }
local-copy-none = aucune copie locale
local-copy-kept = copie locale conservée
local-copy-removed = copie locale supprimée
local-copy-changed = copie locale conservée, elle a été modifiée
not-fetched-scheme = les liens de schéma { $scheme } ne sont pas suivis
not-fetched-in-parts = annoncé en { $n } parties (blocs), qui ne sont pas assemblées
mesh-file-withdrawn = retiré par sa source ; { $became }
mesh-rule-versions = Versions antérieures
mesh-rule-versions-hint = all, ou un nombre
mesh-rule-versions-wrong = Versions antérieures : écrire all, ou un nombre jusqu'à 1440
mesh-rule-last-versions = { $n } versions antérieures
mesh-rule-withdrawn = Fichiers retirés
mesh-rule-torrents = Liens .torrent
mesh-rule-torrents-all = suivre ceux sans somme de contrôle
mesh-rule-torrents-name = Suivre aussi un .torrent dont la somme de contrôle du fichier n'est pas annoncée
mesh-rule-torrents-tip = Le .torrent est alors la seule caution. La taille et la limite du jour valent tout de même.
mesh-withdrawn-keep = Garder la copie locale
mesh-withdrawn-remove = Supprimer la copie locale
remark-digest-in-hex = la somme de contrôle est en hexadécimal, base64 est attendu
remark-digest-with-line-breaks = la somme de contrôle contient des sauts de ligne
remark-digest-unreadable = la somme de contrôle est illisible
remark-method-not-listed = la norme ne prévoit pas la méthode d'empreinte { $named }
remark-method-spelling = la méthode est écrite { $named }
remark-digests-disagree = deux sommes de contrôle qui se contredisent ; aucune n'est utilisée
remark-time-form = { $field } est écrit à la manière d'un autre dialecte
remark-not-utc = { $field } n'est pas en UTC, avec Z à la fin
remark-former-name = { $found } s'appelle aujourd'hui { $today }
remark-size-as-text = la taille est un texte : { $text }
remark-former-parts = parts, de la version 2, dans un message de la version 3
remark-unusable-link = les liens { $scheme } ne sont pas suivis
remark-log-line = figure dans une ligne de journal
remark-inline-size = contenu joint de { $found } octets, annoncé avec { $announced }
remark-inline-mismatch = le contenu joint n'a pas la somme de contrôle annoncée ; il n'est pas utilisé
remark-inline-unreadable = le contenu joint ne peut pas être décodé ; il n'est pas utilisé
remark-inline-too-long = contenu joint de { $n } caractères, 4096 sont permis
remark-long-message = message de { $n } octets, 8192 sont permis
remark-several-actions = plusieurs liens parmi canonical, update et deletion ; le premier est utilisé
remark-more-files = { $n } fichiers de plus dans un message ; le premier est utilisé
remark-in-parts = une partie (bloc) sur { $n } ; les parties ne sont pas assemblées
remark-empty = { $field } est vide
remark-empty-list = { $field } est une liste vide
remark-not-listed = { $field } : { $value } n'est pas dans la liste de la norme
remark-too-long = message de { $n } octets, plus long que permis
remark-not-text = pas de l'UTF-8
remark-not-json = pas du JSON : { $detail }
remark-unknown-shape = JSON de forme inconnue
remark-missing = { $field } manque
remark-wrong-kind = { $field } n'est pas du bon type
remark-wrong-value = { $field } ne peut pas être { $value }
remark-instant-and-period = à la fois datetime et start_datetime ou end_datetime
remark-no-action = aucun lien canonical, update ou deletion

# Fenêtre : annonces.

mesh-brokers = Brokers
mesh-pause = Suspendre la vue
mesh-resume = Reprendre la vue
mesh-pause-tip = Les annonces sont toujours comptées et téléchargées ; seule la liste reste immobile.
mesh-limits = Seuils de délai
mesh-late-after = En retard au-delà de
mesh-very-late-after = Très en retard au-delà de
mesh-limits-wrong = Un nombre de secondes de 1 à 864000.
mesh-limits-note = Compté de la publication à l'arrivée ici.
mesh-waiting = Rien n'a encore été annoncé.
mesh-waiting-next = Un broker est connecté. Les annonces apparaissent ici dès qu'elles arrivent ; sinon, ses topics sont peut-être trop étroits ou ses producteurs silencieux.
mesh-not-connected-next = Aucun broker n'est connecté en ce moment. « Brokers » dit pourquoi, et quand a lieu le prochain essai.
mesh-total-messages = { $n ->
    [one] { $n_txt } message
   *[other] { $n_txt } messages
}
mesh-total-mean = délai moyen { $lag }
mesh-total-late = { $n_txt } en retard
mesh-total-deviant = { $n_txt } avec écarts
mesh-total-invalid = { $n ->
    [one] { $n_txt } invalide
    *[other] { $n_txt } invalides
}
mesh-total-skew = { $n ->
    [one] { $n_txt } venu du futur
    *[other] { $n_txt } venus du futur
}
mesh-total-under-way = { $n_txt } en téléchargement
mesh-total-in-place = { $n_txt } en place
mesh-total-refused = { $n ->
    [one] { $n_txt } refusé
    *[other] { $n_txt } refusés
}
mesh-total-failed = { $n ->
    *[other] { $n_txt } en échec
}
mesh-total-dropped = { $n ->
    [one] { $n_txt } perdu
    *[other] { $n_txt } perdus
}
mesh-lag-figures = délai actuel { $now } · médian { $median } · 95e centile { $p95 } · maximal { $max }
mesh-apart = { $n_txt } réémis ou retenus, comptés à part
mesh-silence = silence depuis { $time }
mesh-not-tried = jamais essayé ; documenté ainsi le { $date }
mesh-not-listened = pas connecté
mesh-answered = pas connecté ; dernière réponse { $time }
mesh-connecting = connexion…
mesh-listening = connecté, { $protocol }
mesh-lost = { $why } ; nouvel essai dans { $next }
mesh-listen = Connecter
mesh-listen-name = Connecter { $broker }
mesh-stop = Déconnecter
mesh-stop-name = Déconnecter { $broker }
mesh-topics = Topics…
mesh-topics-name = Changer les topics de { $broker }
mesh-remove = Retirer
mesh-remove-name = Retirer { $broker }
mesh-no-topics = Aucun topic : choisissez-en d'abord.
mesh-filter-refused = Le broker refuse l'abonnement à { $filter } : { $reason }
mesh-topic-drop = Se désabonner de { $filter }
mesh-topic-name = Topic auquel s'abonner
mesh-topic-hint = cache/a/wis2/+/data/core/weather/#
mesh-subscribe = S'abonner
mesh-topic-empty = Saisissez d'abord un topic ; + vaut pour un niveau, # à la fin pour tout ce qui suit.
mesh-topic-everything = C'est tout ce qu'a le broker. Nommez au moins un niveau.
mesh-topic-wrong = Ce n'est pas un topic : + et # occupent seuls leur niveau, # seulement à la fin.
mesh-add = Ajouter
mesh-add-broker = Ajouter ce broker
mesh-add-name = URL d'un broker
mesh-add-hint = mqtts://hôte:8883, wss://hôte/mqtt, amqps://hôte
mesh-add-user = Utilisateur
mesh-add-password = Mot de passe
mesh-add-empty = Saisissez d'abord l'URL d'un broker.
mesh-add-wrong = Ce n'est pas l'URL d'un broker : mqtt, mqtts, ws, wss, amqp ou amqps, puis un hôte.
mesh-password = en tant que { $user } · { $place }
mesh-password-asked = mot de passe demandé au trousseau…
mesh-password-keyring = mot de passe dans le trousseau de clés du bureau
mesh-password-own-file = mot de passe dans un fichier lisible par vous seul
mesh-password-own-file-because = mot de passe dans un fichier lisible par vous seul, car { $why }
mesh-password-out-of-reach = mot de passe inaccessible : { $why }. Déverrouillez le trousseau et pressez « Connecter », ou ajoutez le broker à nouveau.
mesh-keyring-absent = il n'y a pas de trousseau
mesh-keyring-locked = le trousseau est verrouillé
mesh-keyring-silent = le trousseau ne répond pas
mesh-keyring-lost = le trousseau ne l'a plus
mesh-keyring-refused = le trousseau refuse ({ $detail })
mesh-archive = Archive
mesh-archive-hint = https://hôte/collections/wis2-notification-messages
mesh-archive-wrong = Ce n'est pas l'URL d'une collection : http ou https, puis un hôte.
mesh-catch-up = Un manque ? Demander à { $archive } les dernières
mesh-catch-up-hours = { $n } h
mesh-catch-up-of = Demander à l'archive les dernières { $span } de { $broker }
mesh-missed-no-archive = Pas de connexion du { $from } au { $to }, et le broker n'a gardé aucun message. Nommez une archive sous « Topics… » pour demander ce qui a manqué.
mesh-missed-asked = L'archive est interrogée, du { $from } au { $to }…
mesh-missed-got = { $n ->
        [one] { $n_txt } annonce
       *[other] { $n_txt } annonces
    } de l'archive, du { $from } au { $to }
mesh-missed-not-asked = L'archive n'a rien donné, du { $from } au { $to } ; ce qu'elle contient est inconnu : { $why }
mesh-missed-lost = { $n_txt } annonces de l'archive, du { $from } au { $to } ; le reste n'a pas pu être téléchargé : { $why }
mesh-missed-broken = L'interrogation de l'archive, du { $from } au { $to }, s'est interrompue. Demandez à nouveau.
finding-open = Chercher un jeu de données…
finding-title = Chercher un jeu de données
finding-words = Mots
finding-words-hint = synop ghana
finding-words-missing = Saisissez d'abord quelques mots.
finding-at = Catalogue
finding-at-hint = tous les catalogues publics
finding-search = Chercher
finding-asked = Recherche dans un catalogue…
finding-note = Un catalogue mondial (Global Discovery Catalogue) connaît les jeux de données du WIS2 : ce qu'ils sont, et sur quel topic de quel broker chacun est annoncé.
finding-no-channel = Cette fiche ne nomme aucun topic auquel s'abonner.
finding-no-broker = Le lien de cette fiche n'est pas un broker.
finding-subscribe = S'abonner à { $topic } chez { $broker }
mesh-head-topic = Topic
mesh-head-rate = /min
mesh-head-messages = Messages
mesh-head-newest = Dernier
mesh-head-lag = Délai
mesh-head-name = Annoncé
mesh-head-time = Heure (UTC)
mesh-head-state = État
mesh-hidden = { $n_txt } messages de topics au-delà de la limite sont comptés sans être montrés.
mesh-late = en retard : { $lag }
mesh-very-late = très en retard : { $lag }
mesh-skew = horloge en avance : { $lag }
mesh-queued = mis en attente
mesh-redelivered = réémis
mesh-retained = retenu
mesh-replayed = rejoué
mesh-topic-say = { $topic } : { $messages } messages, { $rate } par minute, dernier { $newest }, délai { $lag }
mesh-heard-say = { $name }, { $verdict }, à { $time }, délai { $lag }, { $state }
mesh-all-topics = Tous les topics
mesh-no-filter = Aucun filtre ne peut nommer ce topic.
mesh-pin = Épingler
mesh-unpin = Désépingler
mesh-pin-tip = Surveiller ce topic : fichiers par heure et par source, et silence (P).
mesh-unpin-name = Désépingler { $filter }
mesh-narrow = S'abonner à ceci seulement
mesh-narrow-tip = Remplace l'abonnement plus large par ce topic (S).
mesh-always = Toujours télécharger…
mesh-always-tip = Une règle : ce qui est annoncé ici est téléchargé automatiquement.
mesh-all = Tous les topics
mesh-plot-title = Délai des dernières annonces
mesh-plot-on-time = à l'heure
mesh-plot-late = en retard
mesh-plot-very-late = très en retard
mesh-plot-skew = horloge en avance
mesh-list-empty = Rien de ce topic n'est plus gardé.
mesh-list-not-found = Aucune annonce ne contient « { $find } ».
mesh-valid = valide
mesh-deviant = avec écarts, utilisé quand même
mesh-invalid = invalide, pas utilisé
mesh-new = nouveau
mesh-update = mise à jour
mesh-source = aussi chez { $source }
mesh-repeat = répété
mesh-older = plus ancien que connu
mesh-conflict = autre somme pour le même fichier
mesh-deletion = retiré
mesh-housekeeping = dossier, lien ou nouveau nom
mesh-no-file = rien à télécharger
mesh-unusable = pas utilisé : { $why }
mesh-file-under-way = en téléchargement
mesh-file-refused = refusé : { $why }
mesh-file-failed = échec : { $why }
mesh-file-unsettled = pas en place : { $why }
mesh-file-not-fetched = pas téléchargé : { $why }
mesh-file-failed-over = { $n ->
    [one] après { $n_txt } source en échec : { $proof }
   *[other] après { $n_txt } sources en échec : { $proof }
}
mesh-file-in-place = { $proof } · venu de { $from } · { $path }
mesh-from-message = le message lui-même
mesh-message-gone = Ce message n'est plus gardé.
mesh-fetch = Télécharger
mesh-fetch-again = Télécharger de nouveau
mesh-json = Tel que reçu
mesh-json-cut = { $n_txt } octets de plus ne sont pas montrés.
mesh-copy = Copier
mesh-close = Fermer
mesh-say-file = Fichier
mesh-say-message = Message
mesh-say-lag = Délai
mesh-say-times = Heures
mesh-times = publié { $published }, reçu { $received }
mesh-say-key = Nom
mesh-say-size = Taille et somme
mesh-no-size = taille non annoncée
mesh-no-digest = aucune somme annoncée
mesh-say-holders = Disponible chez
mesh-say-tried = Sources en échec
mesh-pin-nothing = rien reçu encore
mesh-pin-hidden = { $n_txt } messages d'autres sources
mesh-pin-say = { $source } : { $now } fichiers dans cette heure, { $sum } en { $hours } heures, { $holes } heures sans aucun
mesh-rules = Toujours téléchargé
mesh-rule-drop = Ne plus télécharger { $filter }
mesh-rule-title = Toujours télécharger { $filter }
mesh-rule-pattern = Le nom contient
mesh-rule-pattern-hint = expression régulière ; tout
mesh-rule-pattern-wrong = Le nom n'est pas une expression régulière.
mesh-rule-most = Au plus
mesh-rule-most-hint = 50 Mo ; toute taille
mesh-rule-most-wrong = Ce n'est pas une taille : écrivez 50 Mo.
mesh-rule-leads = Échéances
mesh-rule-leads-hint = 0..24, 36 ; toutes
mesh-rule-leads-wrong = Ce ne sont pas des échéances : écrivez 0..24 ou 6,12.
mesh-rule-folder = Dossier
mesh-rule-folder-hint = {"{"}centre{"}"}/{"{"}date{"}"} ; comme annoncé
mesh-rule-folder-wrong = Un dossier peut nommer centre, date, hour, run et source entre accolades.
mesh-rule-lane = Urgence
mesh-rule-make = Toujours télécharger
mesh-rule-cancel = Annuler
mesh-lane-usual = selon topic et taille
mesh-lane-warnings = alertes
mesh-lane-observations = observations
mesh-lane-models = modèles

# Ways to find peers beside trackers.
help-dht = Chercher aussi des pairs dans la DHT publique : ses nœuds apprennent votre adresse et les torrents que vous téléchargez
help-dht-node = Nœud de départ de la DHT à la place des nœuds publics, HÔTE:PORT ; peut être répété
help-local-peers = Chercher aussi des pairs dans le réseau local, par multicast, et y être trouvé
help-open-port = Demander au routeur de laisser les pairs se connecter (PCP, NAT-PMP ou UPnP) jusqu'à la fin
forms-dht-node = HÔTE:PORT
dht-entering = Interrogation des nœuds de la DHT…
dht-nodes = { $n ->
    [one] { $n } nœud a répondu.
   *[other] { $n } nœuds ont répondu.
}
dht-no-address = { $n ->
    [one] Le nom d'hôte du nœud de la DHT est introuvable. Nouvel essai plus tard.
   *[other] Aucun des { $n } noms d'hôte de nœuds de la DHT n'a été trouvé. Nouvel essai plus tard.
}
dht-no-answer = Aucun nœud n'a répondu. Nouvel essai plus tard.
local-heard = { $n ->
    [0] Recherche ; aucun autre ordinateur trouvé ne partage les mêmes fichiers.
    [one] { $n } autre ordinateur partage les mêmes fichiers.
   *[other] { $n } autres ordinateurs partagent les mêmes fichiers.
}
discovery-failed = Impossible pour l'instant : { $words }. Nouvel essai plus tard.
port-asking = Demande au routeur…
port-open = Le routeur a ouvert le port { $port }.
port-open-at = Le routeur a ouvert le port { $port } à l'adresse { $address }.
port-no-router = Aucun routeur n'a répondu par PCP, NAT-PMP ou UPnP. Nouvelle demande dans dix minutes.
port-refused = Le routeur a refusé : { $words }. Nouvelle demande dans dix minutes.
port-not-listening = Aucun port pour les pairs n'est ouvert sur cet ordinateur.
settings-dht = Chercher des pairs dans la DHT
settings-dht-note = Pour les torrents dont les trackers ne répondent pas. Les nœuds apprennent votre adresse réseau et les torrents que vous téléchargez. Pas pour les torrents connus comme privés.
settings-dht-on = Utiliser la DHT
settings-dht-nodes = Nœuds de départ de la DHT
settings-dht-nodes-note = Vide : les nœuds publics.
settings-dht-nodes-wrong = Il faut des nœuds comme router.example:6881, séparés par des virgules.
settings-local-peers = Partage dans ce réseau
settings-local-peers-note = Les ordinateurs de ce réseau qui utilisent Nuée ou un autre programme BitTorrent se trouvent par multicast ; ils apprennent les torrents que vous partagez.
settings-local-peers-on = Chercher des pairs dans le réseau local
settings-open-port = Connexions de l'extérieur
settings-open-port-note = Avec un port ouvert, des pairs hors de ce réseau peuvent se connecter à cet ordinateur.
settings-open-port-on = Demander au routeur d'ouvrir le port
settings-discovery-rests = Commence avec le prochain transfert entre pairs.
settings-discovery-no-peers = Demande des pairs : choisissez plus haut de télécharger chez d'autres utilisateurs.

# Ce qui ne va pas dans un fichier GRIB ou un index.

problem-at-byte = à l'octet { $offset } : { $problem }
problem-in-line = ligne { $line } de l'index : { $problem }
problem-not-grib = il n'y a aucun message GRIB
problem-truncated = le fichier finit avant le message
problem-no-end-section = le message ne finit pas où sa longueur le dit
problem-bad-length = le message a une longueur impossible
problem-bad-section = le message a une section qui ne convient pas
problem-unknown-edition = édition GRIB inconnue
problem-junk = { $octets } octets entre les messages
problem-gave-up = trop de choses sont fausses ; la suite n'a pas été lue
problem-unreadable-line = elle est illisible
problem-out-of-file = elle pointe au-delà de la fin du fichier
problem-open-end = la fin du dernier message n'est pas connue

help-relay = Relayer les fichiers d'un producteur en essaims : .torrent, web seeds, flux, tracker
help-relay-long = Suit des jeux de données comme nuee follow, télécharge chaque fichier une fois chez son producteur et l'offre : .torrent canonique, index des tranches, metalink, flux RSS et Atom, une page, un manifeste signé, avec un tracker et un serveur web intégrés. Ce qui est servi se trouve dans DOSSIER/public, prêt pour nginx. Il n'y faut aucune permission du producteur ; les fichiers restent les siens, octet pour octet.
help-relay-folder = Le dossier du relais (par défaut : le dossier courant) ; ses réglages peuvent y être dans relay.toml
help-relay-add = Relayer un jeu de données ; s'il l'est déjà, il prend les nouvelles échéances
help-relay-list = Lister les jeux, et chaque fichier avec son étape
help-relay-remove = Ne plus relayer un jeu ; les fichiers offerts le restent jusqu'à leur expiration
help-relay-run = Relayer jusqu'à l'arrêt
help-relay-check = Vérifier que tout ce qui est annoncé est servi à l'adresse publique
help-relay-base-url = Adresse à laquelle on joint le relais (http ou https) ; par défaut l'adresse d'écoute
help-relay-bind = Écouter sur cette adresse : 0.0.0.0:8480 (par défaut 127.0.0.1:8480, cet ordinateur seul)
help-relay-keep = Offrir chaque fichier pendant ce temps (24h par défaut)
help-relay-grace = Servir encore un fichier pendant ce temps après son retrait du flux et des listes (30min par défaut)
help-relay-settle = Télécharger un fichier quand deux consultations distantes de ce temps montrent la même longueur et la même date (30s par défaut)
help-relay-peer-port = Port pour les pairs, à ouvrir dans le pare-feu (par défaut un port libre)
help-relay-tracker = Un autre tracker à nommer dans les .torrent
help-relay-store = Mettre aussi tout dans un bucket S3 : s3://BUCKET/DOSSIER ; les clés sont AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY de l’environnement
help-relay-store-endpoint = Adresse du service S3 (par défaut : celui d’AWS dans la région)
help-relay-store-region = Région du bucket (par défaut us-east-1)
help-relay-store-url = Adresse à laquelle les autres lisent le dossier du bucket (par défaut : celle où il est écrit)
help-relay-no-own-tracker = Ne pas nommer le tracker du relais dans les .torrent ; --tracker en nomme un autre
help-relay-tracker-list = Écrire les info-hash dans ce fichier, la liste blanche d'un tracker tel qu'opentracker
help-relay-tracker-reload = Lancer cette commande après chaque changement de --tracker-list : 'pkill -HUP opentracker'
help-relay-title = Nom du relais dans les flux et sur sa page
help-relay-unchecked = Annoncer les fichiers sans les demander d'abord à l'adresse publique
help-relay-every = Pause la plus longue entre deux consultations du producteur (10min par défaut)
relay-settings-unsound = { $file } : { $detail }. Corrigez cette ligne.
help-relay-broker = Annoncer aussi chaque fichier à ce broker une fois que les flux le nomment : mqtt://UTILISATEUR:MOTDEPASSE@HÔTE:1883
help-relay-form = Forme de l'annonce : wis2, v03 (Sarracenia) ou wmo-mesh (par défaut, tous les programmes d'un mesh)
help-relay-topic = Pour wis2 le topic du jeu de données (origin/a/wis2/CENTRE/data/core/…) ; sinon ce qui précède les dossiers (xpublic/v03 par défaut)
relay-no-broker = { $word } dit comment les fichiers sont annoncés à un broker, mais aucun broker n'est indiqué. Ajoutez --broker, ou broker dans relay.toml.
relay-broker-away = Pas de connexion à { $broker } : { $reason }. Les fichiers restent offerts, et seront annoncés à son retour.
relay-not-accepted = { $file } n'est pas annoncé au broker : { $reason } Nouvel essai plus tard.
relay-not-told-refused = le broker le refuse ({ $words }).
relay-not-told-form = sa forme n'a pas de tel message ({ $detail }).
relay-not-told-no-answer = le broker ne répond pas.
relay-nothing-relayed = Rien n'est encore relayé. Ajoutez un jeu : nuee relay add ID (nuee catalog list montre les identifiants).
relay-address-unsound = { $address } ne peut pas être l'adresse d'un relais : http:// ou https://, sans utilisateur ni requête.
relay-no-tracker = --no-own-tracker (own-tracker = false) laisse les .torrent sans tracker. Nommez-en un avec --tracker URL.
relay-reload-without-list = --tracker-reload a besoin de --tracker-list FICHIER.
relay-tracker-list-other = { $file } n'est pas une liste d'info-hash : il serait écrasé. Nommez un autre fichier avec --tracker-list.
relay-tracker-list-not-written = Tracker non informé : sa liste { $file } ne peut pas être écrite : { $detail }. Un nouvel essai suit.
relay-tracker-reload-failed = Tracker non informé : la commande qui recharge sa liste a échoué : { $command } : { $detail }. Un nouvel essai suit.
relay-tracker-reload-slow = Tracker non informé : la commande qui recharge sa liste a dépassé son délai : { $command }. Un nouvel essai suit.
relay-not-reachable = Non annoncé : { $url } : { $reason }. Vérifiez --base-url, le serveur web devant lui et le routeur ; un nouvel essai suit.
relay-other-bytes = Non annoncé : { $url } donne d'autres octets que ceux du fichier. Vérifiez --base-url ; un nouvel essai suit.
relay-store-unsound = { $text } ne désigne aucun stockage S3 : --store s3://BUCKET/DOSSIER, avec --store-endpoint URL pour les services autres qu’AWS.
relay-store-keys-missing = Les clés du stockage manquent : définissez AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY dans l’environnement.
relay-store-refused = Le stockage ne prend pas { $what } : { $reason }. Vérifiez le bucket, les clés, la région et l’adresse ; un nouvel essai suivra.
relay-store-not-readable = Pas annoncé : { $url } : { $reason }. Tout le monde doit pouvoir lire le dossier du bucket (sa politique d’accès), ou --store-url doit donner l’adresse où c’est possible ; un nouvel essai suivra.
relay-too-large-for-store = { $name } dépasse { $most }, le maximum d’une requête vers un stockage S3 ; ce fichier n’est pas proposé.
relay-file-missing = { $path } manque et n'est plus offert.
relay-file-changed = { $path } a été modifié et n'est plus offert.
relay-address-in-use = Un autre programme écoute sur { $address }. Choisissez un autre port, ou terminez ce programme.
relay-runs-elsewhere = Un autre processus utilise ce dossier : { $by }. Terminez-le, ou choisissez un autre dossier.
relay-shared-already = { $folder } est déjà publié ou relayé. Arrêtez-le d'abord.
relay-too-many-shared = { $most } dossiers et jeux figurent déjà dans la liste. Retirez-en un d'abord.
relay-sharing-off = Rien n'est publié ni relayé tant que l'envoi est désactivé : avec HTTP seulement, ou avec un proxy. Changez cela dans les réglages.
relay-changed-meanwhile = { $name } a été modifié par son producteur pendant le téléchargement ; il est téléchargé de nouveau.
relay-length-not-known = { $url } : le serveur ne donne pas la longueur du fichier, sans laquelle il ne peut pas être relayé.
relay-replaced = { $name } a été remplacé par son producteur : l'ancien fichier est retiré, le nouveau suit.
relay-no-address = { $name } n'a pas d'adresse chez son producteur et ne peut pas être relayé.
relay-state-unsound = Ce qui est gardé de { $what } est illisible ; il est laissé de côté.
cli-relay-added = Relayé désormais : { $name }
cli-relay-removed = N'est plus relayé : { $name }. Les fichiers offerts le restent jusqu'à leur expiration.
cli-relay-key = Clé du relais : { $fingerprint }
cli-relay-stage = { $file } : { $stage }
cli-relay-trouble = { $file } : { $trouble }
cli-relay-published = flux et listes : { $offered } offerts, { $withdrawn } retirés
cli-relay-withdrawn = retiré : { $file } ({ $why })
cli-relay-file = { $stage }  { $size }  { $file }  jusqu'à { $until }
cli-relay-file-unoffered = { $stage }  { $size }  { $file }
cli-relay-not-running = Aucun relais ne tourne dans ce dossier : rien de ce qui suit n'est servi en ce moment.
cli-relay-no-files = Aucun fichier encore.
cli-relay-right = juste : { $what }
cli-relay-wrong = faux : { $what } : { $trouble }
relay-stage-seen = listé par son producteur
relay-stage-stable = complet chez son producteur
relay-stage-fetched = téléchargé
relay-stage-hashed = haché
relay-stage-indexed = indexé
relay-stage-described = .torrent écrit
relay-stage-listed = connu du tracker
relay-stage-offered = servi
relay-stage-announced = annoncé
relay-stage-retiring = retiré, encore servi
relay-why-expired = son temps est écoulé
relay-why-replaced = son producteur l'a remplacé
relay-why-missing = manquant ou modifié sur le disque

help-announce = Annoncer des fichiers à un broker MQTT : WIS2, Sarracenia ou wmo_mesh
help-announce-long = Annonce des fichiers, les fichiers que des événements nomment (--event), ou une fiche de découverte (--record). Lit chaque fichier une fois, crée son message et le publie en QoS 1 ; un fichier compte comme annoncé une fois que le broker l'a acquitté. Les fichiers eux-mêmes sont servis par votre serveur web sous --base-url. Les liens, les périphériques et ce qui est hors des dossiers nommés ne sont jamais annoncés ; chaque fichier non annoncé est signalé avec la raison, et le code de sortie le dit.
help-announce-paths = Fichiers, et dossiers avec tout leur contenu ; dans les dossiers, les noms qui commencent par un point ou finissent par .part ou .tmp sont laissés de côté
help-announce-to = Le broker : mqtts://USER:PASSWORD@HÔTE:8883
help-announce-base-url = Adresse sous laquelle le dossier nommé, ou celui d'un fichier nommé, est servi (http ou https)
help-announce-form = Forme du message, pour des fichiers : wis2 (notification WIS2), v03 (Sarracenia) ou wmo-mesh
help-announce-topic = Avec wis2 le canal du jeu de données, origin/a/wis2/CENTRE/data/core/… ; sinon ce qui précède les dossiers (xpublic/v03 par défaut)
help-announce-topic-form = Topics avec v03 et wmo-mesh : post (par défaut, RACINE/post/DOSSIERS), plain (RACINE/DOSSIERS) ou both
help-announce-metadata-id = Fiche de découverte du jeu de données, avec wis2 : urn:wmo:md:CENTRE:NOM
help-announce-global-cache = Centre du Global Cache qui publie, avec un topic sous cache/a/wis2/
help-announce-inline = Mettre les petits fichiers dans leur message (jusqu'à 4096 octets, 1024 avec wmo-mesh)
help-announce-watch = Surveiller les dossiers et annoncer les fichiers nouveaux et remplacés une fois complets
help-announce-check = Avant d'annoncer, demander le premier fichier à son adresse et comparer la longueur
help-announce-timeout = Abandonner le broker après ce temps sans réponse (60s par défaut ; jamais avec --watch et --event -)
help-announce-dry-run = Afficher les messages sans se connecter au broker
forms-channel = origin/a/wis2/CENTRE/data/core/… ou …/recommended/…, cache/a/wis2/…, origin/a/wis2/CENTRE/metadata
forms-root = un topic sans + ni #, comme xpublic/v03
forms-base-url = http://HÔTE/DOSSIER ou https://HÔTE/DOSSIER, sans utilisateur, mot de passe ni requête
forms-metadata-id = urn:wmo:md:CENTRE:NOM
cli-announce-connected = Connecté à { $broker } ({ $protocol })
cli-announce-checked = { $url } est servi, avec la bonne longueur
cli-announce-checked-without-length = { $url } est servi ; le serveur n'en donne pas la longueur
cli-announce-announced = annoncé : { $file } sur { $topic }
cli-announce-updated = annoncé comme mise à jour : { $file } sur { $topic }
cli-announce-refused = non annoncé : { $file } : { $reason }
cli-announce-gave-up = Le broker a été abandonné : { $reason }. Les fichiers qui ne sont pas listés comme annoncés ne l'ont pas été ; relancez la commande.
cli-announce-stopped = Interrompu. Les fichiers qui ne sont pas listés comme annoncés ne l'ont pas été.
cli-announce-nothing = Il n'y avait aucun fichier à annoncer. Vérifiez les chemins ; les noms qui commencent par un point ou finissent par .part ou .tmp sont laissés de côté.
cli-announce-done = { $n ->
        [one] { $n_txt } message acquitté
       *[other] { $n_txt } messages acquittés
    } ; non annoncés : { $refused }
cli-announce-shown = { $n ->
        [one] { $n_txt } message affiché
       *[other] { $n_txt } messages affichés
    }, aucun envoyé ; fichiers sans message : { $refused }
not-announced-not-utf8 = son nom n'est pas en UTF-8, qu'un message ne peut pas porter ; renommez-le
not-announced-control = son nom contient des caractères de contrôle ; renommez-le
not-announced-outside = il est hors du dossier nommé
not-announced-too-deep = il est dans trop de dossiers imbriqués
not-announced-link = c'est un lien, et les liens ne sont pas suivis ; annoncez le fichier lui-même
not-announced-special = ce n'est pas un fichier ordinaire
not-announced-missing = il n'y a pas (ou plus) de tel fichier
not-announced-empty = il est vide
not-announced-unsteady = il est encore en cours d'écriture ; annoncez-le quand il est complet
not-announced-too-long = son message aurait { $octets } octets, et WIS2 en permet { $most } ; raccourcissez son nom ou son adresse
not-announced-refused = le broker le refuse : { $reason }. Vérifiez le topic et la liste d'accès (ACL) de l'utilisateur.
not-announced-unanswered = le broker ne l'a pas acquitté ; annoncez-le de nouveau
not-announced-not-served = { $url } : { $reason }. Vérifiez --base-url et le serveur web.
not-announced-other-length = { $url } a { $length } octets, contrairement au fichier. Vérifiez --base-url et le serveur web.

help-mesh = Être un nœud d'un mesh : Sarracenia, wmo_mesh
help-mesh-run = Télécharger ce que les pairs annoncent, le vérifier, le servir et l'annoncer de nouveau
help-mesh-run-long = S'abonne aux brokers d'autres nœuds, télécharge les fichiers qu'ils annoncent, vérifie chacun par son empreinte annoncée, les sert en HTTP sous --base-url et annonce chacun au broker --to, avec la même heure de publication, le même chemin et la même empreinte. Un fichier qui ne correspond pas à son empreinte n'est pas annoncé. Ce qui est à annoncer reste sur disque jusqu'à ce que le broker l'ait acquitté : après une interruption, la même commande reprend où elle en était.
help-mesh-from = URL du broker d'un nœud : mqtt://USER:PASSWORD@HÔTE:1883, amqps://USER:PASSWORD@HÔTE ; peut être répétée
help-mesh-to = Le broker auquel annoncer, d'ordinaire un des vôtres
help-mesh-base-url = Adresse sous laquelle les fichiers de ce nœud sont atteints (http ou https)
help-mesh-bind = Adresse où servir les fichiers, HÔTE:PORT (par défaut le port de --base-url ; pour https 127.0.0.1:8000, derrière votre proxy)
help-mesh-topic = Un topic auquel s'abonner, avec + pour un niveau et # pour tout ce qui est dessous ; peut être répété (xpublic/v03/# par défaut)
help-mesh-accept = Ne prendre que les fichiers dont le chemin contient cette expression régulière
help-mesh-out = Dossier des fichiers
help-mesh-max-age = Les annonces plus anciennes sont mises de côté, et les téléchargements échoués sont abandonnés à cet âge (2h par défaut)
help-mesh-inline = Mettre les fichiers d'au plus 1024 octets dans leur message
help-mesh-unproven = Annoncer aussi les fichiers dont aucune empreinte n'a été annoncée, avec le SHA-512 de la copie de ce nœud
help-mesh-form = Pour qui : wmo-mesh (par défaut, tous les programmes) ou v03 (Sarracenia et Nuée, qui lisent aussi d'autres empreintes que md5 et sha512)
help-mesh-to-topic = Ce qui précède les dossiers dans les topics de ce nœud (xpublic/v03 par défaut)
help-mesh-report = Dire si un mesh fonctionne : fichiers par heure et par nœud, ce qui manque à chacun, délai
help-mesh-report-long = Lit ce que mesh run ou listen --download a gardé dans le dossier, même pendant qu'il tourne, et donne pour chaque nœud les fichiers et octets qu'il a annoncés heure par heure, les fichiers qu'un autre nœud a annoncés et lui non, les répétitions, le délai de la publication à la réception et jusqu'au fichier en place, et les fichiers non conformes ou que personne n'a fournis. Là où un nœud n'était pas écouté, un fichier n'est pas dit manquant ; ces périodes sont listées.
help-mesh-report-folder = Dossier du nœud
help-mesh-report-since = Jusqu'où remonter : 6h, 2d (24h par défaut ; une semaine est gardée)
help-mesh-report-within = Un fichier manque à un nœud qui ne l'a pas annoncé dans ce temps après le premier (10min par défaut)
help-mesh-report-by = Ce qu'est un nœud : broker (par défaut, chaque nœud en a un) ou source (l'hôte qui s'annonce)
cli-report-span = Du { $since } au { $until }
cli-report-nothing = Rien n'a été reçu pendant ce temps, et personne n'écoutait.
cli-report-lacking-file = { "  " }{ $key }, annoncé sur { $by } le { $first }
report-open = Bilan…
report-open-tip = Le mesh fonctionne-t-il ? Ce que chaque nœud a annoncé, ce qui lui manque, son délai
report-title = Le mesh fonctionne-t-il ?
report-week = 7 jours
report-by-broker = Par broker
report-by-source = Par source
report-nodes = Nœuds
report-hours = Heures
report-asked = Lecture de ce qui a été gardé…
report-hour = Heure
report-node = Nœud
report-files = Fichiers
report-bytes = Octets
report-lacking = Manquants
report-late = En retard
report-unknown = Inconnus
report-repeats = Répétitions
report-lag = Délai : moyen / médian, s
report-fetch-lag = Jusqu'au fichier : moyen / médian, s
report-refused = Refusés
report-not-got = Indisponibles
report-spread = { $mean } / { $median }
report-not-observed = { $node } n'était pas écouté du { $since } au { $until }.
report-compared = { $node } : fichiers manquants qu'un autre nœud a annoncés : { $lacking } ; inconnus, faute d'avoir été écouté : { $unknown }.
message-nothing-observed = Rien n'est connu d'un mesh dans { $folder }. Indiquez le dossier de mesh run ou de listen --download.
cli-mesh-serving = Fichiers servis sur { $here }, annoncés sous { $base }
cli-mesh-resumed = { $n ->
        [one] { $n_txt } annonce attend depuis le dernier démarrage et est envoyée maintenant.
       *[other] { $n_txt } annonces attendent depuis le dernier démarrage et sont envoyées maintenant.
    }
cli-mesh-aside = mis de côté : un message sur { $topic } : { $reason }
cli-mesh-not-forwarded = non réannoncé : { $key } : { $reason }
cli-mesh-retry = { $key } sera réessayé dans { $seconds } s.
cli-mesh-given-up = { $key } est abandonné.
cli-mesh-gave-up = Le broker auquel ce nœud annonce a été abandonné : { $reason }. Ce qui attend sera envoyé au prochain démarrage.
cli-mesh-summary = { $messages } messages, { $files } fichiers en place, { $announced } réannoncés, { $waiting } en attente du prochain démarrage
not-forwarded-loop = il est déjà passé par ce nœud
not-forwarded-repeat = ce nœud l'a déjà annoncé
not-forwarded-no-digest = aucune empreinte n'a été annoncée ; --unproven l'annonce quand même
not-forwarded-method = les empreintes { $method } arrêtent mesh_peer.py ; --form v03 l'annonce là où aucun n'écoute
not-forwarded-conflict = deux contenus différents ont été annoncés sous son chemin
not-forwarded-too-long = son message aurait { $octets } octets, et 65 536 sont permis
set-aside-too-long = { $octets } octets, et 65 536 sont permis
set-aside-no-file = son chemin ne nomme aucun fichier
set-aside-leads-out = son chemin sort de son dossier
set-aside-drive = son chemin nomme un lecteur
set-aside-control = son chemin contient des caractères de contrôle
set-aside-long-path = son chemin est trop long ou trop profond
set-aside-user = son adresse nomme un utilisateur ou un mot de passe
set-aside-old = il date de { $minutes } minutes ; --max-age fixe la limite
message-tree-not-served = Les fichiers ne peuvent pas être servis sur { $address } : { $detail }. Choisissez une autre adresse avec --bind.
help-announce-event = Lire des événements d'un fichier ou de l'entrée standard (-) et annoncer les fichiers qu'ils nomment : CloudEvents et items STAC, en un objet, un tableau ou un par ligne ; PATH est alors le dossier sous lequel se trouvent les fichiers locaux
help-announce-rules = Règles en TOML : quel topic, quelle fiche et quelles conditions valent pour quels événements
help-announce-licence = Avec --event : où se trouvent les conditions des données recommandées
help-announce-record = Vérifier une fiche de découverte (WCMP2) et l'annoncer sur le topic de métadonnées de son centre ; --base-url est l'adresse de son dossier
help-announce-unlisted-topic = Permettre un topic que la hiérarchie des topics de ce programme n'a pas
help-record = Afficher une fiche de découverte (WCMP2) pour un jeu de données
help-record-long = Affiche sur la sortie standard une fiche de découverte avec ce que toute fiche doit avoir, vérifiée. La politique et le centre sont ceux du topic. Ajoutez ce que vous savez de plus, servez le fichier, et annoncez-le avec nuee announce --record.
help-record-id = Identifiant de la fiche : urn:wmo:md:CENTRE:NOM
help-record-title = Titre du jeu de données
help-record-description = Ce qu'est le jeu de données, en quelques phrases
help-record-organization = Qui en est responsable
help-record-topic = Topic sur lequel ses données sont annoncées : origin/a/wis2/CENTRE/data/core/…
help-record-broker = Broker qui les annonce : mqtts://everyone:everyone@HÔTE:8883
help-record-box = Où sont les données, en degrés : -5,40,10,51 (par défaut : nulle part en particulier)
help-record-begin = Depuis quand il y a des données : 2020-01-01 (par défaut : non indiqué)
help-record-licence = Où se trouvent les conditions des données recommandées
forms-box = O,S,E,N en degrés, comme -5,40,10,51 ; l'ouest avant l'est, le sud avant le nord
forms-licence = http://… ou https://…, sans utilisateur ni mot de passe
cli-announce-withdrawn = annoncé comme retiré : { $file } sur { $topic }
cli-announce-passed-over = laissé de côté : { $file } : { $reason }
not-announced-judged = son message serait refusé par WIS2 : { $faults }
not-announced-large = il dépasse { $most } octets, ce qu'un tel fichier ne fait jamais
event-too-long = l'événement dépasse { $most } octets
event-cut-off = l'événement est tronqué : le flux a fini au milieu
event-no-rule = aucune règle ne convient à cet événement ; ajoutez-en une, ou une avec skip = true
event-no-folder = l'événement nomme un fichier de cet ordinateur ; nommez le dossier où il se trouve (PATH) et son adresse (--base-url)
event-no-digest = l'événement ne donne aucune somme de contrôle, et le fichier n'est pas sous le dossier nommé
event-method = la somme de contrôle de l'événement est { $method }, que WIS2 ne permet pas ; donnez SHA-2 ou SHA-3, ou nommez le dossier du fichier
event-other-digest = l'événement dit que sa somme de contrôle est { $claimed }, et c'est { $computed }
event-other-length = l'événement dit qu'il a { $claimed } octets, et il en a { $found }
event-checksum = { $field } n'est pas une somme de contrôle connue : { $value }
event-scheme = { $field } n'est ni http, ni https, ni ftp, ni sftp : { $value }
event-secret = { $field } contient un utilisateur ou un mot de passe, que tout le monde lirait
event-no-data = { $field } n'a aucun fichier avec le rôle "data"
event-too-many = { $field } a trop de fichiers
event-shape = ni un CloudEvent, ni un item STAC
event-geometry = { $field } : { $reason }
geometry-kind = aucune géométrie GeoJSON
geometry-coordinates = ses coordonnées ne sont pas celles de son type
geometry-off-the-globe = une longitude au-delà de 180 degrés ou une latitude au-delà de 90
geometry-open-ring = un anneau doit finir où il commence et avoir quatre positions
geometry-frame = un cadre a 4 ou 6 nombres, le sud avant le nord
geometry-too-long = trop de positions
passed-over-repeat = la même chose a déjà été annoncée
passed-over-rule = une règle le laisse de côté
passed-over-retention = une règle n'annonce pas les suppressions
rules-in-line = ligne { $line } : { $reason }
rules-empty = il n'y a aucun [[rule]]
rules-too-many = trop de règles
rules-beside-skip = topic, metadata_id et action ne signifient rien à côté de skip = true
rules-other-centre = topic et metadata_id sont de centres différents
rules-no-licence = les données recommandées ont besoin de leurs conditions : licence = "https://…"
rules-cannot-be-cached = les données recommandées et ce qui est sous experimental ne sont pas mis en cache : cache = false
topic-shape = le topic n'est pas origin/a/wis2/CENTRE/metadata, …/data/core/… ou …/data/recommended/…
topic-spelling = le niveau { $level } du topic ne peut avoir que des minuscules, des chiffres et des tirets : { $value }
topic-centre = un centre s'appelle PAYS-NOM ou int-NOM, org-NOM…, pas { $centre }
topic-too-short = le topic doit nommer plus que la discipline : …/weather/surface-based-observations/synop
topic-below-metadata = les fiches sont annoncées sur le topic qui finit par metadata
topic-unknown = le niveau { $level } du topic, { $value }, n'est pas dans la hiérarchie des topics { $version } ; il y a : { $known }. S'il est plus récent, --unlisted-topic le permet.
topic-should-end = la hiérarchie des topics { $version } n'a pas là de niveau { $level } : { $value }. S'il est plus récent, --unlisted-topic le permet.
topic-of-records = le topic est celui des fiches de découverte, pas des données
topic-not-a-leaf = { $topic } a des topics plus précis en dessous ; l'un d'eux devrait être utilisé
topic-satellite = Le satellite et l'instrument de { $topic } n'ont pas été vérifiés.
topic-centre-not-checked = L'enregistrement du centre { $centre } auprès de l'OMM n'a pas été vérifié ; les Global Brokers refusent les centres inconnus.
terms-no-record = Sans --metadata-id, les notifications ne nomment aucune fiche de découverte ; la prochaine version de WIS2 les refusera.
post-other-centre = metadata_id et topic sont de centres différents
post-data-id-elsewhere = data_id ne commence pas par le metadata_id
post-cached-experiment = sous experimental, cache doit être false
post-link-scheme = les liens de schéma { $scheme } sont refusés par les validateurs
post-no-notification = ce n'est pas une notification WIS2
record-none = ce n'est pas une fiche de découverte (WCMP2)
record-id = son id doit être urn:wmo:md:CENTRE:NOM, avec un centre comme fr-nom : { $id }
record-channel = canal { $topic } : { $reason }
record-other-policy = le canal { $topic } est d'une autre politique que wmo:dataPolicy
record-secret = l'adresse du broker contient un mot de passe qui n'est pas celui de everyone, et tout le monde le lirait
help-relay-use = Utiliser un relais comme source : les fichiers qu'il offre peuvent aussi venir par torrent
help-relay-used = Lister les relais utilisés, chacun avec sa clé
help-relay-forget = Ne plus utiliser un relais, et oublier sa clé
help-relay-url = Adresse du relais : http ou https
help-relay-check-share = Comparer une pièce avec le serveur du producteur pour tant de pour cent des fichiers du relais (1 par défaut) ; toujours au-delà de 64 Mio
cli-relay-use = Utilisé : { $url }
cli-relay-use-aside = Écarté : { $url } : pour { $file } il a donné { $told }, le serveur du producteur { $found }
cli-relay-use-key-new = Clé (nouvelle, retenue désormais) : { $fingerprint }
cli-relay-use-key-known = Clé (connue) : { $fingerprint }
cli-relay-use-key-since = Clé gardée depuis le { $time }
cli-relay-use-key-none = Aucune clé : le relais ne signe pas ce qu'il dit
cli-relay-use-last = Dernier manifeste : numéro { $sequence }, { $time } ; contrôlés : { $percent } % des fichiers
cli-relay-use-dataset = { $dataset } : { $count ->
    [one] { $files } fichier
   *[other] { $files } fichiers
}
cli-relay-use-nothing = Il n'offre aucun fichier en ce moment.
cli-relay-none-used = Aucun relais n'est utilisé. Pour en ajouter un : nuee relay use URL
cli-relay-forgotten = N'est plus utilisé : { $url }
relay-too-many-used = Au plus { $most } relais sont utilisés. Retirez-en un : nuee relay forget URL
relay-not-used = { $url } n'est pas utilisé ; nuee relay used liste ceux qui le sont.
relay-list-not-kept = { $file } ne peut pas être écrit : { $detail }
relay-used-unreachable = Relais { $url } : { $reason }. On n'en sait encore rien ; les fichiers viennent par leurs autres voies.
relay-used-from-before = Relais { $url } : { $reason }. Ce qu'il disait le { $known } est utilisé.
relay-key-changed = Le relais { $url } a une autre clé qu'avant et n'est pas utilisé. Retenue : { $pinned }. À présent : { $found }. Demandez à qui le tient ; si la nouvelle clé est la bonne : nuee relay forget { $url }, puis nuee relay use { $url }.
relay-no-longer-signed = Le relais { $url } ne signe plus ce qu'il dit et n'est pas utilisé. Sa clé était : { $pinned }. Demandez à qui le tient ; si c'est voulu : nuee relay forget { $url }, puis nuee relay use { $url }.
relay-other-address = { $url } est le relais { $found }. Utilisez-le par cette adresse : nuee relay use { $found }
relay-manifest-replayed = Le relais { $url } donne le manifeste { $found } alors qu'il avait donné { $last } ; il n'est pas utilisé. S'il a été réinstallé : nuee relay forget { $url }, puis nuee relay use { $url }.
relay-answer-refused = La réponse du relais { $url } n'est pas utilisée : { $detail }
relay-is-set-aside = Le relais { $url } a été écarté : pour { $file } il a donné { $told }, le serveur du producteur { $found }. Pour l'utiliser quand même : nuee relay forget { $url }, puis nuee relay use { $url }.
relay-relays-disagree = Des relais se contredisent sur { $file } : { $one } donne { $told }, { $other } donne { $found }. Aucun n'est utilisé avant que le serveur du producteur ait été interrogé.
relay-relied-on = { $file } : torrent de { $relay } ({ $trust })
relay-replaced-at-source = { $file } a été remplacé par son producteur depuis que { $relay } l'a pris ; le torrent du relais n'est pas utilisé.
relay-contradicted = Le relais { $relay } est écarté : pour { $file } il a donné { $told }, le serveur du producteur envoie { $found }. Plus rien de lui n'est utilisé.
relay-not-decided = { $file } : { $relay } a donné { $told }, ailleurs c'est { $found } ; on ne sait pas lequel est juste, et le torrent du relais n'est pas utilisé.
relay-other-torrent = { $file } : le .torrent que donne { $relay } n'est pas celui qu'il a signé ; il n'est pas utilisé.
relay-trust-checked = pièces contrôlées sur le serveur du producteur : { $right } sur { $pieces }
relay-trust-agreed = { $relays } relais s'accordent
relay-trust-only = seul ce relais en répond
help-pledge = Garder et partager ce que des relais offrent et que peu possèdent
help-pledge-long = Demande aux relais utilisés ce qu'ils offrent des jeux et combien possèdent chaque fichier, télécharge les plus rares jusqu'à SIZE, et les envoie tant que le processus tourne, même quand le relais les a retirés. La moitié de SIZE au plus est du jour le plus récent ; 1 Gio du disque reste toujours libre. Chaque fichier est dans FOLDER/data, son .torrent dans FOLDER/torrent.
help-pledge-size = La place promise : 500M, 50G, 1.5T
help-pledge-folder = Dossier de l'archive (par défaut : le dossier courant)
help-pledge-dataset = Un jeu de données ou un de ses paquets, comme meteo-france/arome-0.01/SP1 ; peut être répété
help-pledge-relay = Seulement ce que ce relais offre ; il doit être utilisé (nuee relay use URL) ; peut être répété
help-pledge-once = Consulter une fois, télécharger ce qui est à télécharger, puis finir
help-pledge-every = Pause entre deux consultations des relais (1h par défaut)
help-pledge-list = Lister ce qui est gardé, combien le possèdent, et combien a été envoyé
help-pledge-forget = Ne plus rien promettre dans ce dossier ; les fichiers restent
cli-pledge-terms = Promis : { $size } pour { $datasets }
cli-pledge-not-running = Aucun processus ne tient cette archive : rien de ce qui suit n'est envoyé maintenant.
cli-pledge-stage = { $file } : { $stage }
cli-pledge-let-go = abandonné : { $file } ({ $why })
cli-pledge-trouble = { $file } : { $trouble }
cli-pledge-file = { $stage }  { $size }  { $file }  seeds : { $seeds }  envoyé : { $given }
cli-pledge-sums = Gardé : { $count ->
    [one] { $files } fichier
   *[other] { $files } fichiers
}, { $held } sur { $most } ; que nul autre ne possède : { $alone }. Envoyé à d'autres : { $given }
cli-pledge-forgotten = Plus rien n'est promis dans ce dossier ; les fichiers restent.
pledge-nothing = Rien n'est promis dans { $folder }. Pour promettre de la place : nuee pledge 50G --dataset ID
pledge-disk-too-full = Seulement { $free } du disque est libre, et { $least } doit le rester : rien de plus n'est téléchargé.
pledge-no-torrent = Aucun .torrent de { $file } venant d'un relais n'est utilisable ; un nouvel essai suit à la prochaine consultation.
pledge-file-missing = { $path } manque : il n'est plus envoyé. Si des relais l'offrent encore, il est retéléchargé après un jour.
pledge-file-changed = { $path } a été modifié : il n'est plus envoyé, et laissé tel quel.
pledge-rows-unsound = De ce qui était noté de cette archive, entrées illisibles : { $rows }. Elles sont laissées de côté.
pledge-stage-wanted = à télécharger
pledge-stage-held = gardé
pledge-stage-withheld = gardé, non envoyé : des relais se contredisent
pledge-stage-lost = manque sur le disque ou y a été modifié
pledge-why-replaced = son producteur l'a remplacé
pledge-why-contradicted = le relais qui l'offrait a été contredit par le serveur du producteur
pledge-why-exchanged = beaucoup le possèdent ; un plus rare prend sa place
pledge-why-over-pledge = moins de place est promise que n'en prend ce qui est gardé
pledge-why-unoffered = plus aucun relais ne l'offre
pledge-why-lost = manque sur le disque ou y a été modifié
pledge-seeds-unknown = inconnu

# Fenêtre : publier un dossier et relayer un jeu (partie de l'écran Partage).

share-folder = Publier un dossier…
share-dataset = Relayer un jeu…
share-until-stopped = jusqu'à l'arrêt
share-empty = Rien n'est publié ni relayé depuis cette fenêtre.
share-empty-next = « Publier un dossier » fait un .torrent de vos propres fichiers et les sert. « Relayer un jeu » télécharge chaque fichier d'un producteur une seule fois et l'offre à tous, avec un flux, des .torrent et un tracker. Ce qui est démarré ici redémarre avec Nuée jusqu'à ce que vous l'arrêtiez.
share-folder-title = Publier un dossier
share-folder-which = Dossier ou fichier
share-folder-hint = /chemin/du/dossier
share-folder-choose = Choisir…
share-folder-note = Il est lu une fois et haché. Son .torrent est écrit à côté, et des index à côté des fichiers GRIB ; aucun fichier n'est modifié ni déplacé.
share-folder-missing = Choisissez un dossier, ou tapez son chemin complet.
share-folder-start = Publier ce dossier
share-trackers = Autres trackers
share-trackers-hint = https://tracker.example.org/announce
share-private-name = Confidentialité
share-private = Torrent privé
share-private-note = Les pairs d'un torrent privé ne se trouvent que par ses trackers. Qui a le .torrent peut toujours le télécharger. Son essaim est séparé de celui des mêmes fichiers publiés ouvertement.
share-cancel = Annuler
share-dataset-title = Relayer un jeu
share-dataset-find = Jeu
share-dataset-none = Aucun jeu du catalogue ne correspond.
share-dataset-missing = Choisissez un jeu.
share-dataset-start = Relayer ce jeu
share-leads = Échéances
share-leads-hint = 0..24/3 (toutes)
share-package = Paquet
share-package-hint = SP1 (tous)
share-leads-note = Les fichiers sont relayés entiers, octet pour octet comme chez leur producteur ; les champs ne se choisissent pas.
share-keep = Offrir chaque fichier
share-relay-folder = Dossier du relais
share-relay-folder-note = { $free } sont libres. Les fichiers sont supprimés quand leur temps est écoulé. Un relay.toml y est lu aussi.
share-relay-folder-note-unknown = Les fichiers sont supprimés quand leur temps est écoulé. Un relay.toml y est lu aussi.
share-reached-from = Qui peut se connecter
share-reached-everybody = tous ceux qui atteignent cet ordinateur
share-reached-here = cet ordinateur seulement, pour essayer
share-port = Port
share-port-note = Laissez passer le port { $port } (TCP et UDP) dans le pare-feu et le routeur.
share-port-wrong = Le port est un nombre de 1 à 65535.
share-public-address = Adresse publique
share-public-address-hint = http://… ou https://… ; vide : celle de cet ordinateur
share-public-address-note = L'adresse sous laquelle les autres l'atteignent, si un routeur ou un serveur web est devant. Elle figure dans les flux et les .torrent.
share-state-hashing = les fichiers sont lus et hachés
share-state-starting = démarrage
share-state-serving = servi depuis { $since }
share-state-stopping = arrêt en cours
share-state-stopped = arrêté ; ne redémarre pas avec Nuée
share-state-held-back = attend que l'envoi soit permis
share-state-failed = n'est pas servi
share-not-served = Il n'est pas servi.
share-figures-announced = { $n ->
    [one] { $n_txt } fichier annoncé
   *[other] { $n_txt } fichiers annoncés
}
share-figures-kept = { $n ->
    [one] { $n_txt } fichier gardé
   *[other] { $n_txt } fichiers gardés
}
share-figures-under-way = { $n_txt } en préparation
share-figures-withdrawn = { $n_txt } retirés
share-figures-disk = { $size } sur le disque
share-figures-spared = { $size } envoyés aux pairs : { $copies } copies que son producteur n'a pas eu à envoyer
share-figures-copies = { $size } envoyés aux pairs : { $copies } copies
share-figures-peers = { $n ->
    [one] { $n_txt } pair, { $rate }
   *[other] { $n_txt } pairs, { $rate }
}
share-reached-at = Atteint depuis un autre réseau à { $at }.
share-not-reached = Aucune connexion d'un autre réseau n'a encore été vue.
share-leads-here = Son adresse ne mène qu'à cet ordinateur ; personne d'autre ne peut l'atteindre.
share-leads-own-network = Son adresse ne mène qu'à votre propre réseau ; personne au-dehors ne peut l'y atteindre.
share-note = { $at } : { $why }
share-check = Vérifier l'adresse
share-check-name = Demander tout de { $name } à son adresse publique
share-check-is-under-way = Les adresses sont en train d'être demandées.
share-check-under-way = { $asked } adresses demandées pour l'instant
share-check-right = { $asked } adresses sur { $asked } ont répondu à cet ordinateur à l'adresse publique à { $at }.
share-check-wrong = { $right } adresses sur { $asked } ont répondu à cet ordinateur à { $at }. { $why }
share-check-limits = Cela ne prouve pas que d'autres l'atteignent : un routeur peut ramener vers cet ordinateur une demande qui en vient. Une connexion d'un autre réseau le prouve, et s'affiche ci-dessus dès qu'elle est vue.
share-no-answer = { $url } : { $reason }. Vérifiez l'adresse publique, le serveur web devant, le pare-feu et le routeur. Certains routeurs ne ramènent pas les demandes de l'intérieur ; demandez à quelqu'un au-dehors d'ouvrir l'adresse.
share-other-bytes = { $url } donne d'autres octets que ceux du fichier. Vérifiez l'adresse publique et le serveur web devant.
share-nothing-yet = Aucun fichier n'est encore annoncé ; la vérification peut se faire plus tard.
share-hand-on = Transmettre…
share-hand-on-name = Transmettre { $name }
share-stop = Arrêter
share-stop-name = Arrêter le partage de { $name }
share-resume = Redémarrer
share-resume-name = Partager { $name } de nouveau
share-remove = Retirer
share-remove-name = Retirer { $name } de la liste ; ses fichiers restent
share-remove-sure = Retirer vraiment
share-remove-sure-name = Retirer vraiment { $name } de la liste ; ses fichiers restent
share-keep-it = Garder
share-address-feed = Flux
share-address-page = Page
share-address-torrent = .torrent
share-address-magnet = Magnet
share-copy = Copier
share-copy-feed = Copier l'adresse du flux
share-copy-page = Copier l'adresse de la page
share-copy-torrent = Copier l'adresse du .torrent
share-copy-magnet = Copier le magnet
share-copy-torrent-of = Copier l'adresse du .torrent de { $name }
share-copy-magnet-of = Copier le magnet de { $name }
share-torrent = .torrent
share-magnet = Magnet
share-files-show = Montrer les fichiers ({ $n_txt })
share-files-hide = Masquer les fichiers
share-file-published = servi
share-file-kept = gardé, non servi
share-file-until = jusqu'à { $until }
share-file-sent = { $size } envoyés aux pairs

# Fenêtre : partage.

sharing-given = Ce que je donne
sharing-relays = Relais utilisés
sharing-offer = Publier ou relayer
sharing-limits = Limites
sharing-sum-transfers = Transferts envoyés
sharing-sum-peers = Pairs actuels
sharing-sum-rate = Débit d'envoi
sharing-sum-now = Envoyé depuis le démarrage
sharing-sum-in-all = Envoyé en tout
sharing-empty = Rien n'est envoyé en ce moment.
sharing-empty-next = Ce que vous téléchargez est ensuite envoyé pendant un temps à d'autres utilisateurs. Téléchargez quelque chose depuis l'écran Échéances : il apparaîtra ici.
sharing-empty-not-sharing = Vous avez choisi de ne rien envoyer. Sous « Limites », vous pouvez choisir de partager avec d'autres utilisateurs ; ce que vous téléchargez est alors envoyé pendant un temps.
sharing-none-found = Rien de ce qui est envoyé ne contient « { $find } ».
sharing-head-name = Transfert
sharing-head-peers = Pairs
sharing-head-rate = Débit
sharing-head-given = Envoyé
sharing-head-ratio = Ratio
sharing-head-until = Envoi
sharing-stopped = arrêté
sharing-while-receiving = pendant le téléchargement
sharing-while-receiving-why = Le téléchargement n'est pas fini. La durée de l'envoi qui suit se règle sous « Limites ».
sharing-not-allowed = Vous avez choisi de ne rien envoyer ; voir « Limites ».
sharing-row = { $name }, pairs : { $peers }, débit : { $rate }, envoyé : { $given }, ratio : { $ratio }, { $until }
sharing-stop = Arrêter
sharing-stop-name = Arrêter l'envoi de { $name }
sharing-again = Renvoyer
sharing-again-name = Envoyer de nouveau { $name }
sharing-longer = 1 h de plus
sharing-longer-name = Envoyer { $name } 1 h de plus
sharing-show-offer = Montrer
sharing-show-offer-name = Montrer où { $name } est publié
sharing-limits-section = Envoi
sharing-reachable = Cet ordinateur est-il joignable ?
sharing-called-from-outside = Oui : un pair d'un autre réseau s'est connecté à cet ordinateur { $ago }.
sharing-called-from-near = Inconnu pour les autres réseaux : seuls des pairs de votre réseau se sont connectés à cet ordinateur, le dernier { $ago }.
sharing-not-called = Inconnu : aucun pair ne s'est connecté de lui-même à cet ordinateur depuis le démarrage de Nuée. Les transferts marchent quand même, avec moins de pairs.
hand-on = Transmettre…
hand-on-name = Transmettre { $name }
hand-on-nothing = Il n'y en a pas de torrent : ses octets viennent d'un serveur seul.
hand-on-not-yet = Pas avant que tout soit téléchargé.
hand-on-title = Transmettre : { $name }
hand-on-note = Avec ceci, d'autres obtiennent la même chose. Copiez-le, ou lisez le code avec un téléphone.
hand-on-address = Adresse
hand-on-magnet = Lien magnet
hand-on-torrent = Adresse du .torrent
hand-on-feed = Flux
hand-on-fingerprint = Empreinte de la clé
hand-on-code = Code QR : { $kind }
hand-on-too-long = C'est trop long pour un code QR. Copiez-le.
hand-on-copy = Copier
hand-on-copy-name = Copier : { $kind }
hand-on-copied = Copié
hand-on-close = Fermer
relays-use-address = Adresse d'un relais
relays-use-address-empty = Tapez d'abord l'adresse d'un relais.
relays-use-address-too-long = C'est trop long pour une adresse.
relays-use-too-many = Au plus { $most } relais sont utilisés. Oubliez-en un d'abord.
relays-use-show-key = Montrer sa clé
relays-use-add-note = Un relais propose les fichiers des producteurs sous forme de torrents. Sa clé est montrée avant que rien n'en soit gardé.
relays-use-asking-address = { $url } est interrogé…
relays-use-close = Fermer
relays-use-proposed = Pas encore utilisé : { $url }
relays-use-compare = Comparez cette empreinte avec celle que publie l'exploitant du relais. Elle est gardée, et une réponse faite avec une autre clé est refusée.
relays-use-unsigned = il ne signe pas ce qu'il dit
relays-use-unsigned-warning = Ce relais ne signe pas ce qu'il dit : quiconque se trouve entre vous et lui peut le changer.
relays-use-offers = Il propose { $files } : { $datasets }
relays-use-offers-nothing = Il ne propose aucun fichier pour l'instant.
relays-use-offers-unknown = Inconnu tant qu'il n'a pas répondu.
relays-use-offers-name = Propose
relays-use-keep = Utiliser ce relais
relays-use-drop = Ne pas l'utiliser
relays-use-is-used = Il est déjà utilisé.
relays-use-empty = Aucun relais n'est utilisé.
relays-use-empty-next = Avec un relais, les fichiers que les producteurs ne proposent que par HTTP viennent aussi d'autres utilisateurs. Tapez l'adresse d'un relais ci-dessus.
relays-use-none-found = Aucun relais utilisé ne contient « { $find } ».
relays-use-head-relay = Relais et clé
relays-use-head-state = État
relays-use-head-files = Propose
relays-use-head-came-to = Utilisés
relays-use-row = { $who } ; { $state } ; { $files } ; { $came_to }
relays-use-since = depuis { $time }
relays-use-aside = écarté : contredit
relays-use-asking = est interrogé…
relays-use-asked = interrogé { $ago }
relays-use-answered = a répondu { $ago }
relays-use-answers = répond
relays-use-silent = ne répond pas
relays-use-not-asked = pas interrogé depuis le démarrage
relays-use-list-of = sa liste : { $time }
relays-use-key-changed = autre clé : pas utilisé
relays-use-no-longer-signed = ne signe plus : pas utilisé
relays-use-refused = sa réponse n'est pas utilisée
relays-use-files = { $n ->
    [one] { $n_txt } fichier
   *[other] { $n_txt } fichiers
}
relays-use-of-datasets = { $n ->
    [one] de { $n_txt } jeu
   *[other] de { $n_txt } jeux
}
relays-use-relied-on = { $n ->
    [one] { $n_txt } téléchargé
   *[other] { $n_txt } téléchargés
}
relays-use-left = { $n ->
    [one] { $n_txt } non utilisé
   *[other] { $n_txt } non utilisés
}
relays-use-ask = Interroger
relays-use-ask-name = Interroger maintenant : { $url }
relays-use-is-aside = Il est écarté, et n'est pas interrogé.
relays-use-forget = Oublier
relays-use-forget-name = Oublier { $url }
relays-use-forget-title = Oublier ce relais ?
relays-use-forget-note = { $url } n'est plus utilisé, et sa clé est oubliée. Si vous l'ajoutez de nouveau, c'est un relais dont rien n'est connu.
relays-use-forget-yes = L'oublier
relays-use-forget-no = Le garder
relays-use-aside-note = Ce que ce relais a donné n'est pas ce que le serveur du producteur envoie. Rien n'en est utilisé. Pour l'utiliser quand même, oubliez-le et ajoutez-le de nouveau.
relays-use-aside-since = Écarté
relays-use-aside-file = Fichier
relays-use-aside-told = Somme du relais
relays-use-aside-found = Somme du producteur
relays-use-key-changed-note = Ce relais a une autre clé qu'avant. Rien n'en est utilisé. Demandez à son exploitant ; si la nouvelle clé est la bonne, oubliez le relais et ajoutez-le de nouveau.
relays-use-key-kept = Clé gardée
relays-use-key-now = Clé qu'il a maintenant
relays-use-no-longer-signed-note = Ce relais ne signe plus ce qu'il dit. Rien n'en est utilisé. Demandez à son exploitant ; si c'est voulu, oubliez le relais et ajoutez-le de nouveau.
relays-use-key = Empreinte de sa clé
relays-use-key-since = Clé gardée depuis
relays-use-key-since-unknown = non noté
relays-use-last-answer = Dernière réponse
relays-use-silent-at = aucune ; interrogé { $ago }
relays-use-refused-at = pas utilisée ; interrogé { $ago }
relays-use-manifest = Sa liste
relays-use-manifest-words = numéro { $number }, écrite le { $time }, il y a { $age }
relays-use-check = Comparé au producteur
relays-use-check-words = un morceau de { $percent } de ses fichiers, et de chaque fichier de plus de 64 Mio
relays-use-came-name = Depuis le démarrage
relays-use-came-nothing = Aucun fichier n'a été téléchargé par lui.
relays-use-came-checked = { $files } : { $right } morceaux sur { $pieces } comparés au serveur du producteur, tous justes
relays-use-came-agreed = { $files } : jusqu'à { $relays } relais d'accord
relays-use-came-only = { $files } : seul ce relais s'en porte garant
relays-use-came-replaced = { $files }, non utilisés : remplacés entre-temps par le producteur
relays-use-came-undecided = { $files }, non utilisés : un autre relais dit autre chose, et le producteur n'a pas répondu
relays-use-came-contradicted = { $files }, non utilisés : contredits par le serveur du producteur
relays-use-came-other-torrent = { $files }, non utilisés : le .torrent n'est pas celui que le relais a signé
