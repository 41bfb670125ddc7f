"""Owns the look of a letter on a page: one shape for a mail that is being written and for one that was frozen."""

from dataclasses import dataclass

from advocacy.languages import Language
from advocacy.wording import PaperBlock, paper
from mailings.compose import Mail
from mailings.reports import MessageReport


@dataclass(frozen=True)
class Row:
    """A paragraph as it is sent, and beside it what it says in the reader's own language."""

    sent: PaperBlock
    own: tuple[PaperBlock, ...] = ()
    #: True where the translation is of an earlier text.
    stale: bool = False


@dataclass(frozen=True)
class Sheet:
    """What ``templates/paper.html`` shows, and ``templates/paper_beside.html`` where it has rows."""

    sender_line: str
    to_line: str
    cc_line: str
    reply_line: str
    subject: str
    paper: list[PaperBlock]
    #: The language that it is sent in; None where nobody knows.
    language: Language | None = None
    #: Each paragraph beside its translation, from ``advocacy.side_by_side``; empty without one.
    rows: tuple[Row, ...] = ()
    own: Language | None = None
    own_subject: str = ""


def of_mail(mail: Mail, own_words: str = "", language: Language | None = None) -> Sheet:
    """A finished mail that is not in the outbox yet: the preview."""
    return Sheet(
        sender_line=str(mail.sender),
        to_line=", ".join(str(address) for address in mail.to),
        cc_line=", ".join(str(address) for address in mail.cc),
        reply_line=mail.reply_to,
        subject=mail.subject,
        paper=paper(mail.text, own_words),
        language=language,
    )


def of_report(report: MessageReport, own_words: str = "", language: Language | None = None) -> Sheet:
    """A frozen message, word for word."""

    def line(role: str) -> str:
        return ", ".join(f"{r.name} <{r.address}>" if r.name else r.address for r in report.addressed(role))

    sender = f"{report.sender_name} <{report.sender_address}>" if report.sender_name else report.sender_address
    words = paper(report.text, own_words)
    return Sheet(sender, line("to"), line("cc"), report.reply_to, report.subject, words, language)
