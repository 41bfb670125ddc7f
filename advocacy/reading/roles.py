"""Owns the words that tell a person's title, an organisation and a postal address apart, English and French. Data."""

from advocacy.reading.labels import words

#: What may stand before a title.
BEFORE_A_TITLE = (
    "vice", "deputy", "acting", "first", "interim", "former", "party", "chief", "senior", "honorary", "permanent",
    "general", "state", "federal", "regional", "provincial", "public", "national", "minister-", "crown", "military",
    "vice-", "sous-",
)  # fmt: skip
TITLES = (
    "president", "vice president", "vice-president", "prime minister", "minister", "ambassador", "high commissioner",
    "governor", "attorney general", "attorney-general", "solicitor general", "prosecutor", "prosecutor general",
    "public prosecutor", "chief justice", "chief prosecutor", "chief", "director", "director general", "chair",
    "chairman", "chairperson", "chairwoman", "commissioner", "secretary", "secretary general", "party secretary",
    "head", "king", "queen", "emir", "sultan", "judge", "warden", "consul", "consul general", "mayor", "speaker",
    "superintendent", "inspector general", "chancellor", "leader", "supreme leader", "premier", "ombudsman",
    "ombudsperson", "rector", "editor", "permanent representative", "crown prince", "commander", "commander-in-chief",
    "charge d'affaires", "chargé d'affaires", "registrar", "administrator",
    "président", "présidente", "vice-président", "vice-présidente", "premier ministre", "première ministre",
    "ministre", "ambassadeur", "ambassadrice", "gouverneur", "gouverneure", "procureur", "procureure",
    "procureur général", "procureure générale", "directeur", "directrice", "maire", "préfet", "préfète", "juge",
    "chef", "cheffe", "secrétaire", "roi", "reine", "consule", "garde des sceaux", "défenseur", "défenseure",
    "médiateur", "médiatrice", "chancelier", "chancelière", "commissaire", "recteur", "rectrice", "représentant",
    "représentante", "rédacteur", "rédactrice",
)  # fmt: skip
HONORIFICS = (
    "his excellency", "her excellency", "h.e.", "h.e", "he", "his honour", "his majesty", "her majesty",
    "his royal highness", "her royal highness", "his highness", "her highness", "hrh", "hm", "mr", "mr.", "mrs",
    "mrs.", "ms", "ms.", "miss", "mx", "dr", "dr.", "hon", "hon.", "honourable", "the honourable", "the hon.",
    "rt hon", "rt. hon.", "the rt hon", "sir", "dame", "sheikh", "shaikh", "general", "gen.", "lt.", "lt", "lieutenant",
    "col.", "colonel", "major", "captain", "ayatollah", "professor", "prof.", "prof", "justice", "senator", "señor",
    "son excellence", "s.e.", "s.e.m.", "sa majesté", "m.", "mme", "mme.", "mlle", "monsieur", "madame", "maître", "me",
    "docteur",
)  # fmt: skip
#: An organisation's line begins with one of these, an article left aside.
OFFICE_BEGINS = (
    "embassy", "high commission", "ministry", "office", "department", "consulate", "permanent mission", "mission",
    "prison", "court", "supreme court", "high court", "constitutional court", "bureau", "directorate", "police",
    "parliament", "national assembly", "senate", "commission", "council", "secretariat", "administration",
    "headquarters", "cabinet", "presidency", "public prosecutor's office", "general prosecutor's office",
    "attorney general's office", "prosecutor's office", "national human rights commission",
    "ambassade", "ministère", "consulat", "haut-commissariat", "cour", "tribunal", "palais", "hôtel de ville",
    "mairie", "préfecture", "présidence", "primature", "direction", "assemblée", "parquet", "mission permanente",
    "secrétariat", "commissariat", "maison d'arrêt",
    "ministerio", "embajada", "corte", "fiscalía", "despacho", "consulado", "misión", "presidencia",
    "palacio de justicia",
)  # fmt: skip
#: One of these anywhere in a line without a number makes it an organisation's.
OFFICE_WORDS = words(
    "embassy ministry office department consulate bureau directorate headquarters secretariat parliament commission "
    "council court prison authority agency administration newspaper assembly university police ambassade ministère "
    "consulat tribunal préfecture mairie secrétariat commissariat centre center institute society association union "
    "league foundation committee federation institut comité centro corte ministerio embajada"
)
#: One of these words, or a number, makes a line part of a postal address.
STREET_WORDS = words(
    "street st st. avenue ave ave. road rd rd. square boulevard blvd lane drive place plaza highway building floor "
    "box p.o. po b.p. bp bag district province city town county municipality rue quai chemin route allée impasse "
    "cedex cité calle carrera avenida strasse straße lu jie nandajie dajie"
)
#: A line that ends in one of these is where somebody sits, whatever it begins with.
BUILDINGS = words("house palace building tower square street road avenue complex compound")
#: What a place's name may end in: what follows is another line.
ENDS_A_PLACE = words("region province city prefecture county district municipality state governorate")
#: Words inside names and titles that need no capital.
SMALL_WORDS = words(
    "of the and for to in on at a an de la le les du des d et à aux au en al el bin ibn van von der den da dos e y "
    "s lu jie do di"
)
