"""Owns the words by which the parts of an urgent action are known, English and French in one table. Data, not rules.

Every phrase is written in lower case with straight quotes; texts are folded the same way before they are compared. A
new language is a new column of words here, and no new rule.
"""


def words(text: str) -> frozenset[str]:
    """The words of a text, for a table that is easier to read as one."""
    return frozenset(text.split())


#: A line that is one of these, alone or before a colon, begins a part.
PARTS: dict[str, tuple[str, ...]] = {
    "to": (
        "write to", "and write to", "please write to", "send appeals to", "please send appeals to", "appeals to",
        "send letters to", "please send letters to", "send your appeals to", "addresses", "target", "targets",
        "address your appeals to", "contact", "please contact",
        "écrivez à", "écrire à", "veuillez écrire à", "envoyez vos appels à", "appels à", "adressez vos appels à",
        "destinataire", "destinataires", "adresses",
    ),
    "copy": (
        "and copy", "and copy to", "copy", "copy to", "copies", "copies to", "and copies to", "with a copy to",
        "with copies to", "please copy", "please send copies to", "please send a copy to", "cc",
        "copie", "copie à", "copies à", "et copie à", "et copies à", "avec copie à", "copies aux",
    ),
    "additional": (
        "additional information", "background information", "background", "further background",
        "complément d'information", "compléments d'information", "informations complémentaires",
        "informations générales", "contexte",
    ),
    "letter": (
        "model letter", "sample letter", "sample letters", "template letter", "suggested letter",
        "modèle de lettre", "lettre type", "lettre-type", "exemple de lettre",
    ),
    "summary": ("summary", "résumé"),
    "skip": (
        "addresses for sample letters", "action required", "action requested", "actions requested", "let us know",
        "take action now", "why it matters",
        "signalez votre action", "passez à l'action", "share this",
    ),
}  # fmt: skip
CONTENTS = frozenset({"contents", "table of contents", "sommaire", "table des matières"})

#: Labels inside an office's block, and the field that each one fills.
FIELDS: dict[str, str] = {
    "name": "name", "nom": "name",
    "title": "title", "titre": "title",
    "organisation": "organisation", "organization": "organisation",
    "fax": "fax", "facsimile": "fax", "fax no": "fax", "télécopieur": "fax", "télécopie": "fax",
    "téléc": "fax", "téléc.": "fax", "telecopy": "fax", "telefax": "fax",
    "phone": "phone", "telephone": "phone", "tel": "phone", "tel.": "phone", "mobile": "phone",
    "téléphone": "phone", "tél": "phone", "tél.": "phone",
    "tel/fax": "both", "tel./fax": "both", "phone/fax": "both", "tél/fax": "both", "tél./fax": "both",
    "email": "email", "e-mail": "email", "e-mails": "email", "emails": "email", "courriel": "email",
    "courriels": "email", "mél": "email", "adresse électronique": "email",
    "salutation": "salutation", "formule d'appel": "salutation", "appel": "salutation",
    "web form": "form", "webform": "form", "online form": "form", "contact form": "form", "website": "form",
    "online contact form": "form", "formulaire": "form", "formulaire en ligne": "form", "site web": "form",
    "twitter": "other", "facebook": "other", "x": "other", "instagram": "other",
}  # fmt: skip

#: "In Chinese:" begins the address in the country's own script.
LOCAL_ADDRESS = (
    r"^\(?(?:in|en) ((?:simplified |traditional )?(?:chinese|arabic|persian|farsi|dari|russian|korean|japanese|thai|"
    r"burmese|vietnamese|hebrew|urdu|hindi|amharic|tigrinya|ukrainian|georgian|armenian|kazakh|uyghur|tibetan|khmer|"
    r"lao|bengali|nepali|sinhala|tamil|greek|bulgarian|serbian|chinois|arabe|persan|russe|coréen|japonais|thaï|birman|"
    r"vietnamien|hébreu|ourdou|ukrainien|géorgien|arménien))\)?\s*[:：]\s*"
)

#: What opens a line of the head and is not the title: (the words, what they tell).
KINDS = (
    ("urgent action update", "update"), ("urgent update alert", "update"), ("update on urgent action", "update"),
    ("urgent action appeal", ""), ("urgent action", ""), ("action alert", ""), ("urgent alert", ""),
    ("urgent appeal", ""), ("public", ""), ("immediate release", ""), ("amnesty international", ""),
    ("amnesty int", ""), ("stop action", ""), ("final update", ""), ("correction", ""),
    ("action urgente mise à jour", "update"), ("action urgente", ""), ("appel urgent", ""), ("écrire", ""),
)  # fmt: skip

#: Those that stand alone on the first line of a page.
HEADINGS = frozenset({"urgent action", "action urgente", "amnesty international"})

#: Words that say which date follows.
ISSUED = ("issue date", "date of issue", "issued on", "issued", "date", "date de publication", "publié le")
ORIGINAL = (
    "original index", "original ai index", "originally issued", "original ua", "the original", "original appeal",
    "initial ua", "previous index", "previous ua", "index d'origine", "index initial", "au initiale",
)  # fmt: skip
#: After one of these comes the day until which appeals are asked for.
DEADLINE = (
    r"(?:please )?send (?:your )?appeals (?:before|by|until)",
    r"please take action (?:as soon as possible )?(?:until|before|by)",
    r"(?:please )?contact (?:this|these)(?: \w+)? officials? (?:by|before)",
    r"(?:please )?write (?:before|by) (?=\d)",
    r"(?:appeals? )?deadline(?: notice)?(?: for appeals)?\s*:",
    r"(?:this (?:action|appeal|urgent action) )?expires on",
    r"if sending appeals after",
    r"(?:veuillez )?envoye[zr] (?:vos|des) appels avant(?: le)?",
    r"merci d'agir .{0,60}?avant le",
    r"date limite(?: .{0,30}?)?\s*:",
    r"agissez avant le",
)
#: Those of them that run on in the middle of a line.
SENDING = (DEADLINE[0], DEADLINE[7])
#: One of these before a date says that the action is over.
ENDED = (
    r"this (?:urgent )?action (?:has )?ended(?: on)?",
    r"(?:this|the) (?:urgent )?action (?:is|has been) (?:now )?closed",
    r"no further (?:action|appeals?)(?: by the ua network)? (?:is|are) (?:requested|required|needed|necessary)",
    r"^action (?:ended|closed)\W*$",
    r"^action terminée\b",
    r"cette action (?:urgente )?(?:est|a été) (?:terminée|close)",
    r"cette action (?:urgente )?a pris fin(?: le)?",
    r"aucune (?:action|intervention) (?:complémentaire|supplémentaire) n'est (?:requise|demandée|nécessaire)",
)
STOP = (r"\bstop action\b", r"^(?:ua|au) (?:closed|close)\W*$", r"^arrêt de l'action\b")
FINAL = (r"\bfinal update\b", r"\blast update\b", r"\bdernière mise à jour\b", r"\bmise à jour finale\b")
CORRECTION = (r"^correction\b", r", correction$", r"\bcorrection to (?:ua|urgent action)\b", r"\brectificatif\b")
VOID = (r"\bnever issued\b", r"\bjamais publiée?\b")

#: Sentences that speak to the reader: never facts, asks or addresses.
INSTRUCTIONS = (
    r"(?:please )?check with (?:your|the amnesty|the international|our)",
    r"(?:please )?let us know",
    r"(?:please )?tell us",
    r"click here",
    r"(?:please )?send (?:a|an|your) (?:letter|fax|email|e-mail|appeal)\b",
    r"(?:please |kindly )+(?:also )?(?:inform us|write to the embass)",
    r"we (?:record|count|keep) every",
    r"you (?:can|may) also (?:write|email|use|send)",
    r"write (?:a letter|an appeal|an email|in your own words)",
    r"either (?:send|tell|fill|email)",
    r"or (?:fill|use|send|click)",
    r"for the full urgent action",
    r"if you receive",
    r"if you want (?:to receive|updates)",
    r"this is the \w+ update (?:of|to|on)",
    r"(?:and |also )?(?:please )?(?:send )?(?:copies )?(?:to )?diplomatic representatives",
    r"also send copies",
    r"please insert local",
    r"please send appeals immediately",
    r"please take action as soon as possible\W*$",
    r"link to previous (?:ua|urgent action)",
    r"further information\s*:",
    r"many thanks to all",
    r"thank you to all",
    r"vérifiez auprès de votre section",
    r"au-delà de cette date",
    r"après cette date",
    r"vous pouvez (?:également|aussi) écrire",
    r"veuillez également adresser",
    r"merci(?:[.!]|$)",
    r"dites-nous",
    r"faites-nous savoir",
    r"signalez-nous",
    r"cliquez ici",
    r"lien vers (?:l'au|l'action)",
    r"un grand merci",
)
#: Words near an address that make it the organisation's own.
FEEDBACK = (
    "let us know", "tell us", "in the subject line", "track our", "inform us", "quoting the code", "contact us",
    "write to us",
    "unsubscribe", "copies of replies", "if you receive a reply", "replies you receive", "more information about",
    "questions about this", "report your action", "dites-nous", "faites-nous", "contactez-nous", "écrivez-nous",
    "signalez", "envoyez-nous", "toute réponse", "désabonner", "your section", "votre section",
)  # fmt: skip
#: Names and mail domains of organisations that publish urgent actions: never a target's.
OWN_NAMES = ("amnesty international", "omct", "world organisation against torture", "frontline defenders")
OWN_DOMAINS = ("amnesty.", "aiusa.", "omct.", "frontlinedefenders.", "ihrc.")
OWN_BOXES = ("uan", "urgentaction", "urgent.action", "urgent-action", "urgentactions", "ua", "actionurgente")

#: A list below one of these words is a list of asks.
ASKING = (
    r"\burg(?:e|ing)\b", r"\bask(?:ing)?\b", r"\bcall(?:ing)?\b", r"\bwrite\b", r"\bappeals?\b", r"\bdemand",
    r"\bsend\b", r"\bcalls on\b", r"\bwriting\b",
    r"\bappels?\b", r"\bécri(?:re|vez|vant)\b", r"\bdemand(?:e|er|ez|ant)\b", r"\bpri(?:e|er|ez|ant)\b",
    r"\bexhort", r"\bappelle\b", r"\bengage",
)  # fmt: skip
#: In a letter, what follows one of these is an ask.
URGING = (
    (
        r"\bI (?:therefore |also |hereby |respectfully |strongly )?"
        r"(?:urge|call on|call upon|ask|request) (?:you|your \w+) to\b"
    ),
    r"\b[Jj]e vous (?:demande|prie|exhorte)(?: donc| instamment)? (?:de|à)\b",
    r"\b[Jj]e vous (?:appelle|engage)(?: donc| instamment)? à\b",
)
#: The preferred languages stand after one of these.
LANGUAGES = (
    r"^preferred languages?(?: to address (?:the )?targets?)?\s*:",
    r"^langue\(?s?\)? à privilégier(?: pour les appels)?\s*:",
    r"^langues?\s*:",
)
OWN_LANGUAGE = (r"\byour own language\b", r"\bvotre propre langue\b")
PEOPLE = (
    r"^name(?:s)?(?:,)?(?: and)? (?:preferred )?pronouns?\s*:",
    r"^prénom, nom et pronom.{0,20}:",
    r"^names?\(s\)\s*:",
)
#: "Dear friends" speaks to the reader.
READERS = words(
    "friend friends supporter supporters activist activists all colleague colleagues member members everyone reader "
    "readers ami amis amie amies membre membres militant militants militante militantes lecteur lecteurs"
)
SIGN_OFF = (
    r"^(?:yours (?:sincerely|faithfully|respectfully|truly)|sincerely|respectfully|with respect|kind regards)\b",
    r"^(?:veuillez|je vous prie|nous vous prions|recevez)\b.{0,40}\b(?:agréer|recevoir|croire|salutations)",
)
#: Whole lines that are buttons of a page.
BUTTONS = words(
    "facebook twitter linkedin whatsapp email print share tweet x instagram telegram reddit pinterest copy_link "
    "menu search partager imprimer courriel donate sign"
)

#: Words that may stand beside an address and say nothing against it.
BESIDE_AN_ADDRESS = words(
    "copy copie cc or and ou et und y of the for to at by via in from through mail email emails mails address "
    "addresses adresse "
    "courriel mél mailto attn attention care mr mrs ms dr m mme office offices bureau press presse media spokesperson "
    "secretariat secretary secrétariat secrétaire general général générale minister ministers ministre ministry "
    "ministère president président présidente presidency présidence prime premier ambassador ambassadeur embassy "
    "ambassade consulate consulat mission governor gouverneur gouvernement government mayor director directeur "
    "directorate chief head public relations affairs foreign interior justice external department division section "
    "département contact contacts information info us me him her them write writing écrire écrivez send envoyer "
    "envoyez appeals appels letters lettres messages english anglais french français arabic arabe chinese chinois "
    "russian russe spanish espagnol persian farsi german japanese korean portuguese turkish vietnamese only seulement "
    "cabinet private personal staff team desk main enquiries inquiries complaints prosecutor procureur police court "
    "parliament de du des d la le les l à au aux en par pour via https http www"
)
#: One of these near an address says that it is not, or no longer, to be written to.
DENIED = (
    r"\b(?:old|ex|former(?:ly)?|previous(?:ly)?|past|obsolete|outdated|retired|invalid|inactive|defunct|discontinued)\b",
    r"\b(?:disabled|closed|blocked|wrong|incorrect|false|fake|replaced|expired|unused|unreachable|abandoned|dead)\b",
    r"\b(?:not|never|no longer|no more|stop|avoid|instead of|rather than)\b|n't\b",
    r"\b(?:bounce[sd]?|bouncing|fail(?:s|ed|ing)?|returned)\b",
    r"\b(?:ancien(?:ne)?s?|précédente?s?|autrefois|jamais|invalide|périmée?|obsolète|fermée?|erronée?|sauf)\b",
)
#: Of those, what speaks of an address in a line of its own.
DENIED_NEARBY = (
    r"\b(?:do not|don't|no longer|not in use|not (?:be )?used|not valid|not working|does not work)\b",
    r"\b(?:n'est plus|ne plus|ne pas|n'utilisez|n'écrivez)\b",
)
