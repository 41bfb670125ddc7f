"""Owns what the desk's pages of publishing ask for and say: the forms, and where a text stands on its way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy import approvals
from advocacy.changeovers import Waiting
from advocacy.desk_forms import ReasonForm, line
from advocacy.models import Approval, Campaign, Update
from advocacy.models.approval import ApprovalState
from advocacy.models.changeover import ANSWERS, Answer

COMPARED_WORDS = "Compare the addresses with the published document, then tick the box."
UNANSWERED = "Say what is to become of the letters that wait."
TIME_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d %B %Y %H:%M", "%d %B %Y, %H:%M"]


class ComparedForm(forms.Form):
    """Somebody has compared the addresses."""

    compared = forms.BooleanField(error_messages={"required": COMPARED_WORDS})


class SendBackForm(ReasonForm):
    """Why a request is not approved."""

    reason = line(300, "Write in one line what has to change.")


class ReturnForm(ReasonForm):
    """Why the campaign goes back to an earlier update."""

    reason = line(300, "Write in one line why, for whoever asks later.")


class PublishForm(forms.Form):
    """When an approved text becomes public."""

    when = forms.ChoiceField(
        choices=[("now", "Now"), ("later", "At a time")],
        error_messages={"required": "Choose when.", "invalid_choice": "Choose when."},
    )
    at = forms.CharField(required=False, max_length=40)
    letters = forms.ChoiceField(
        required=False,
        choices=[(str(one), one.label) for one in ANSWERS],
        error_messages={"invalid_choice": "Choose one of these."},
    )

    def __init__(self, campaign: Campaign, waiting: Waiting, approval: Approval | None, data: Any = None) -> None:
        self.zone, self.waiting = campaign.zone, waiting
        #: What was decided on the letters where a time is set.
        self.planned = Answer(approval.letters).label if approval and approval.publish_at and approval.letters else ""
        #: Only where something is live can letters wait.
        self.asks = campaign.live_update_id is not None
        super().__init__(data, initial=self._planned(approval) or {"when": "now"})

    def _planned(self, approval: Approval | None) -> dict[str, str]:
        """The time that is set, as the form takes it."""
        if approval is None or approval.publish_at is None:
            return {}
        at = approval.publish_at.astimezone(self.zone)
        return {"when": "later", "at": f"{at:%Y-%m-%dT%H:%M}", "letters": approval.letters}

    def clean(self) -> dict[str, Any]:
        """A time, where one is chosen."""
        data = super().clean() or {}
        if data.get("when") == "later":
            try:
                data["at"] = self._moment(str(data.get("at", "")))
            except ValidationError as fault:
                self.add_error("at", fault)
        if self.asks and not data.get("letters") and (self.waiting.total or data.get("when") == "later"):
            self.add_error("letters", UNANSWERED)
        return data

    def answer(self) -> Answer | None:
        """What was decided on the letters that wait; None where nothing was asked."""
        return Answer(self.cleaned_data["letters"]) if self.cleaned_data["letters"] else None

    def letter_rows(self) -> list[tuple[str, str, str, bool]]:
        """(value, words, what it means, whether it is chosen)."""
        chosen = self["letters"].value()
        return [(str(one), one.label, MEANINGS[one], chosen == one) for one in ANSWERS]

    def _moment(self, typed: str) -> datetime:
        for form in TIME_FORMATS:
            try:
                found = datetime.strptime(typed.strip(), form)  # noqa: DTZ007 - the zone comes in the next line
            except ValueError:
                continue
            moment = found.replace(tzinfo=self.zone)
            if moment.astimezone(timezone.get_default_timezone()).astimezone(self.zone).replace(tzinfo=None) != found:
                raise ValidationError("The clocks are put forward over that time. Choose an earlier or a later one.")
            return moment
        raise ValidationError("Write the day and the time, like 2026-03-01 09:30.")


#: What each answer does, in a sentence.
MEANINGS = {
    Answer.GO: "They leave with the earlier facts and addresses.",
    Answer.ANEW: (
        "The new words, the same name, place and own words. Whoever changed the text or the subject is asked again."
    ),
    Answer.ASK: "Each writer gets a link to the letter with the new words. It leaves once they confirm it.",
    Answer.CANCEL: "They are never sent. Their writers see that on their own page.",
}


@dataclass(frozen=True)
class Standing:
    """Where a text stands on its way to the public."""

    #: The request that something may still become of; None where there is none.
    approval: Approval | None
    #: The last request, where nothing can become of it any more and nothing was published under it.
    ended: Approval | None
    #: Why the person who looks at the page may not approve; "" where he or she may.
    why_not: str
    #: True where this installation lets one person publish alone.
    alone: bool

    @property
    def asked(self) -> bool:
        """True while it waits for a second person."""
        return self.approval is not None and self.approval.state == ApprovalState.ASKED

    @property
    def approved(self) -> bool:
        """True once it may be published as it stands."""
        return self.approval is not None and self.approval.state == ApprovalState.APPROVED


def standing(update: Update, by: str) -> Standing:
    """Where a text stands, for somebody who looks at its page."""
    last = approvals.last_for(update)
    is_open = last is not None and last.open
    ended = last if last and last.state in {ApprovalState.SENT_BACK, ApprovalState.VOID} else None
    why_not = approvals.why_not(last, by) if last and is_open else ""
    return Standing(last if is_open else None, ended, why_not, approvals.alone_is_enough())
