"""Owns what has to be right with an update's letter before anybody may publish it, each a whole sentence."""

from advocacy import hails, unsaid
from advocacy.merging import letter_faults, names_case, subject_faults
from advocacy.models import Update
from advocacy.models.identity import Level
from advocacy.readability import length_faults
from advocacy.wording import Choices, letter_mails, subject_of
from mailings.text import UnfitText

LONGEST_SUBJECT = 120
SAMPLE = Choices(name="Sample Supporter", city="Halifax", country="CA", own_words="A sentence of my own.")
#: The least that may leave: a letter has to stand at this level as well.
LEAST = Choices(name="Sample Supporter", city="Halifax", country="CA", level=Level.ORGANISATION)


def faults(update: Update) -> list[str]:
    """What stands in the way of a letter; empty where it is sound. Its offices are looked at elsewhere."""
    found = [*letter_faults(update.letter_text), *hails.letter_faults(update.letter_text), *_subjects(update)]
    found += [*_points(update), *unsaid.update_faults(update)]
    return found


def _subjects(update: Update) -> list[str]:
    found = []
    reference = update.campaign.reference
    named = names_case(update.letter_text, reference)
    for template in update.subjects:
        subject = subject_of(update, template)
        found += subject_faults(template)
        if len(subject) > LONGEST_SUBJECT:
            found.append(f"The subject “{subject[:40]} …” has {len(subject)} characters; {LONGEST_SUBJECT} fit.")
        if template.strip() and not named and reference not in subject:
            found.append(
                f"Neither the letter nor the subject “{subject}” names the case. Put {{reference}} into one of them."
            )
    if len(set(update.subjects)) < len(update.subjects):
        found.append("A subject is there twice.")
    return found


def _points(update: Update) -> list[str]:
    unknown = [number for number in update.points_that_stay if not 0 < number <= len(update.asks)]
    if not unknown or not update.asks:
        return []
    numbers = ", ".join(map(str, unknown))
    return [f"There is no ask {numbers}, but it is to stay. The asks are numbered from 1 to {len(update.asks)}."]


def mail_faults(update: Update) -> list[str]:
    """The last proof: sample letters are really made, one with everything and one with the least."""
    try:
        mails = [*letter_mails(update, SAMPLE), *letter_mails(update, LEAST)]
    except (UnfitText, ValueError) as fault:
        return [str(fault)]
    return list(dict.fromkeys(fault for mail in mails for fault in length_faults(mail.text)))
