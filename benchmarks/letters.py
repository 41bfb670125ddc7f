"""Owns the letter that every engine sends: 2.4 kB of subject, text and HTML to one office, with one copy.

Knows nothing but the standard library: the peers' environment reads it as well.
"""

from dataclasses import dataclass

OFFICE = "office@president.example.org"
OFFICE_NAME = "The President"
EMBASSY = "ambassador@embassy.example.org"
EMBASSY_NAME = "The Ambassador"
DOMAIN = "letters.example.org"
SENDER = f"ua-61-21@{DOMAIN}"
ANSWERS = f"answers@{DOMAIN}"
STREAM = "ua-61-21/1"
#: Bytes of subject, text and HTML together.
SIZE = 2400

_TEXT = """\
Dear President,

I write about the people who are held in the camps of the north-west (UA 61/21 of 29 July 2022). Forty-eight more of \
them have now been named, which makes 120 in all. Their families abroad have waited for years to hear from them.

I teach at a school in Halifax and think of the families. This is letter {number}. Please let them go home.

I ask you to release at once everybody who is held without a charge, to say until then where each of them is, to let \
them see their families and a lawyer of their own choice, and to keep them safe from torture and every other \
ill-treatment.

Former detainees have told of beatings, hunger and solitary confinement. In 2019 it was announced that the camps had \
been closed; no proof was given, and nobody was let in to look freely. Until then we go on asking, each of us in our \
own name, and we shall ask again.

Please see to it that those who ordered or did such things answer for them before a court that is independent.

Yours sincerely,

Amina Okafor {number}, Halifax, Canada
"""


@dataclass(frozen=True)
class Words:
    """What one letter says."""

    number: int
    writer: str
    subject: str
    text: str
    html: str

    @property
    def size(self) -> int:
        """Its bytes: subject, text and HTML."""
        return sum(len(part.encode()) for part in (self.subject, self.text, self.html))


def write(number: int) -> Words:
    """The letter of this number: as long as any other, and different from each."""
    shown = f"{number:07d}"
    subject = f"UA 61/21: please let 120 people go home ({shown})"
    text = _TEXT.format(number=shown)
    html = "".join(f"<p>{paragraph}</p>\n" for paragraph in text.strip().split("\n\n"))
    short = Words(number, f"Amina Okafor {shown}", subject, text, html)
    # The rest is one more paragraph in the text: so the letter keeps its size when somebody edits the words above.
    missing = SIZE - short.size
    filling = ("They are not forgotten here. " * (missing // 29 + 1))[: missing - 1]
    return Words(number, short.writer, subject, f"{text}{filling}\n", html)
