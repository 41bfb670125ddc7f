"""Owns the icons and the status pills: every status is an icon, a word and a tone, the same on every page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from mailings.directions import direction_of

register = template.Library()

#: Drawn on a 16-pixel grid. Those in FLIPPED point the other way in right-to-left pages.
ICONS = {
    "appeal": '<path d="M3 1.5h7l3 3v10H3z"/><path d="M10 1.5v3h3M5 6.5h4M5 8.5h6"/>'
    '<path d="M5 12.2c.8-1.6 1.3-1.6 1.5-.6.2.8.7.6 1.2-.2.4-.7.9-.5 1.1 0 .2.4.9.3 2.2-.1"/>',
    "arrow": '<path d="M3 8h10M9.2 4.2L13 8l-3.8 3.8"/>',
    "ask": '<circle cx="8" cy="8" r="6.2"/><path d="M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.5.3-.8.6-.8 1.2M8 11.4v.1"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.3 1.5"/>',
    "cross": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "dots": '<path d="M3.4 8h.1M8 8h.1M12.6 8h.1"/>',
    "fax": '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h6"/>',
    "flag": '<path d="M4 14V2.6h8.2L10.2 5.4l2 2.8H4"/>',
    "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.8M8 4.9v.1"/>',
    "lines": '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h6"/>',
    "lock": '<rect x="3.3" y="7.2" width="9.4" height="6.3" rx="1"/><path d="M5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2"/>',
    "mail": '<rect x="1.8" y="3.3" width="12.4" height="9.4" rx="1"/><path d="M2.2 4.2L8 8.8l5.8-4.6"/>',
    "minus": '<circle cx="8" cy="8" r="6"/><path d="M5.2 8h5.6"/>',
    "pause": '<path d="M5.8 4v8M10.2 4v8"/>',
    "pencil": '<path d="M2.8 13.2l.7-3.1 7-7 2.4 2.4-7 7z"/>',
    "plus": '<path d="M8 3.2v9.6M3.2 8h9.6"/>',
    "print": '<path d="M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z"/>',
    "return": '<path d="M6 3.5L2.8 6.7 6 9.9M2.8 6.7h6.9a3 3 0 0 1 0 6H7"/>',
    "slash": '<circle cx="8" cy="8" r="6"/><path d="M3.9 3.9l8.2 8.2"/>',
    "talk": '<path d="M2 13V3.3h12v7.4H5z"/>',
    "tick": '<path d="M3 8.6l3.3 3.3L13 4.9"/>',
    "warning": '<path d="M8 2.3l6.2 11.2H1.8zM8 6.6v3M8 11.5v.1"/>',
}
FLIPPED = frozenset({"arrow", "return"})

#: Whose status -> its value -> (words for staff, tone, icon). Source: the status words of docs/words.md.
PILLS = {
    "message": {
        "held": ("Not confirmed yet", "quiet", "pause"),
        "queued": ("In line to leave", "info", "lines"),
        "sending": ("Being handed over", "info", "dots"),
        "sent": ("Handed over", "info", "arrow"),
        "failed": ("Could not be sent", "bad", "cross"),
        "in_doubt": ("In doubt", "doubt", "ask"),
        "cancelled": ("Withdrawn", "quiet", "slash"),
        # Held, by what it waits for: reports.MessageReport.shown.
        "pause": ("Waits for the end of a pause", "quiet", "pause"),
        "address": ("Waits for a working address", "wait", "return"),
    },
    "recipient": {
        "unknown": ("No word yet", "quiet", "dots"),
        "sent": ("On its way", "info", "arrow"),
        "deferred": ("Asked to wait", "wait", "clock"),
        "soft_bounce": ("Came back for now", "wait", "return"),
        "delivered": ("Accepted by their server", "good", "tick"),
        "bounced": ("Came back", "bad", "return"),
        "complained": ("Marked unwanted", "bad", "flag"),
        "rejected": ("Refused by our provider", "bad", "slash"),
        "suppressed": ("Not mailed", "quiet", "minus"),
    },
    "lane": {
        "moving": ("Moving", "good", "tick"),
        "closed": ("Outside office hours", "quiet", "clock"),
        "resting": ("Resting", "wait", "clock"),
        "paused": ("Paused by hand", "wait", "pause"),
        "stopped": ("Paused itself", "bad", "warning"),
    },
    "campaign": {
        "draft": ("Draft", "quiet", "pencil"),
        "open": ("Open", "good", "tick"),
        "paused": ("Paused", "wait", "pause"),
        "stopped": ("Stopped", "bad", "slash"),
        "closed": ("Closed", "quiet", "lock"),
    },
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon that says nothing by itself: screen readers pass over it."""
    classes = "i flip" if name in FLIPPED else "i"
    drawing = mark_safe(ICONS[name])  # noqa: S308  Our own drawing, chosen by name.
    return format_html('<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', classes, drawing)


@register.simple_tag
def status_pill(whose: str, status: str) -> SafeString:
    """A status as icon, word and tone.

    Args:
        whose: ``message``, ``recipient``, ``lane`` or ``campaign``.
        status: one of its states.
    """
    words, tone, name = PILLS[whose][status]
    return format_html('<span class="pill {}">{}{}</span>', tone, icon(name), words)


@register.simple_tag
def status_words(whose: str, status: str) -> str:
    """The words of a pill alone."""
    return PILLS[whose][status][0]


@register.simple_tag
def status_tone(whose: str, status: str) -> str:
    """The tone of a pill alone, as a class."""
    return PILLS[whose][status][1]


@register.simple_tag
def status_icon(whose: str, status: str) -> SafeString:
    """The icon of a pill alone."""
    return icon(PILLS[whose][status][2])


@register.filter
def direction(text: str) -> str:
    """The reading direction of a paragraph, for its ``dir``: that of most of its letters."""
    return direction_of(text) or "auto"


@register.filter
def sentence(text: str) -> str:
    """With a capital first letter and a full stop: an ask, as a page shows it."""
    text = text.strip().rstrip(".;")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


@register.filter
def paragraphs(text: str) -> list[str]:
    """A clean text cut at its empty lines."""
    return [part for part in text.split("\n\n") if part.strip()]
