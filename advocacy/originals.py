"""Owns the way back: a form in which the letter was changed, with the update's own subject, points and text again."""

from django.http import QueryDict

from advocacy.letter_fields import PointsWidget
from advocacy.models import Update
from advocacy.wording import editable_body, subject_of


def restored(update: Update, sent: QueryDict) -> QueryDict:
    """What was sent, with the letter as the update has it. Whatever is the writer's own, such as own words, stays."""
    data = sent.copy()
    for name in PointsWidget().value_from_datadict(data, None, ""):
        del data[name]
    data["subject_choice"] = "1"
    data["subject"] = "" if len(update.subjects) > 1 else subject_of(update, update.letter_subject)
    data["body"] = editable_body(update)
    return data
