"""Tests of how offices are addressed: not in a letter's own words, and not as somebody else."""

import pytest

from advocacy import hails, publishing, updates
from advocacy.approvals import digest_of
from advocacy.models import Update
from advocacy.reading import DraftTarget
from tests.advocacy.making import drafted, later_text

LETTER = "{target_salutation}\n\nI write about them.\n\n{points}\n\nYours sincerely,\n\n{signature}"


@pytest.mark.parametrize(
    "line",
    [
        "Dear President",
        "Dear President Example:",
        "dear mr. president,",
        "Mr President",
        "Your Excellency the President",
        "Your Excellency,",
        "Honourable Minister of Justice",
        "Dear Sir or Madam,",
        "Madame la Ministre,",
        "Dear {target_name},",
        "Dear {target_title} {target_name}:",
        "I urge you, Mr President, to act.",
        "We ask you, Madam Ambassador, for a word.",
        "To Your Excellency the President: please act.",
    ],
)
def test_a_salutation_in_the_letter_s_own_words_is_refused(line: str) -> None:
    (fault,) = hails.letter_faults(LETTER.replace("I write", f"{line}\n\nI write"))
    assert "every office would be addressed so. Write {target_salutation} instead" in fault
    assert fault.split("”")[0].removeprefix("“").casefold() in line.casefold()


@pytest.mark.parametrize(
    "line", ["Dear {target_salutation}", "Your Excellency, {salutation}:", "Mr {target_salutation}"]
)
def test_one_that_would_greet_twice_is_refused(line: str) -> None:
    (fault,) = hails.letter_faults(LETTER.replace("{target_salutation}", line))
    assert "would greet twice" in fault


@pytest.mark.parametrize(
    "line",
    [
        "The President has said that he will act.",
        "Mr King was arrested with Mrs Judge.",
        "I ask Your Excellency to let them go home.",
        "Dear friends of theirs have waited for years. They know nothing.",
        "Sir Example was the first to visit the prison, in 2019. Nobody has been let in since.",
        "Ministers and ambassadors have written to you.",
        "It is dear to me that the ministers know.",
        "Yours sincerely,",
        "{target_salutation}",
    ],
)
def test_what_only_speaks_of_an_office_may_stand(line: str) -> None:
    assert hails.letter_faults(LETTER.replace("I write", f"{line}\n\nI write")) == []


def office(title: str, salutation: str, organisation: str = "", name: str = "Ann Example") -> DraftTarget:
    return DraftTarget("to", name, title, organisation, salutation)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (office("Ambassador", "Dear President"), "is one for a President, and “Ambassador” is an Ambassador."),
        (office("Minister of Justice", "Dear Ambassador"), "is one for an Ambassador, and “Minister of Justice” is a"),
        (office("", "Mr President", "Embassy of Examplia"), "“Embassy of Examplia” is an Ambassador."),
        (office("Prime Minister", "Dear President Example"), "is one for a President"),
        (office("Présidente", "Madame la Ministre"), "is one for a Minister, and “Présidente” is a President."),
    ],
)
def test_a_salutation_for_another_office_is_refused(target: DraftTarget, said: str) -> None:
    (fault,) = hails.target_faults(target)
    assert said in fault
    assert fault.endswith("Mend one of them.")


@pytest.mark.parametrize(
    "target",
    [
        office("President of the Republic", "Dear President Example"),
        office("Vice-President", "Dear President"),
        office("Deputy Minister of Justice", "Dear Minister"),
        office("Ambassador", "Your Excellency"),
        office("Ambassador", "Dear Mr King", name="Martin King"),
        office("Permanent Representative", "Dear Ambassador"),
        office("", "Dear President"),
        office("Director", ""),
        office("President of the Court", "Dear President, dear Judge"),
    ],
)
def test_what_fits_or_cannot_be_told_may_stand(target: DraftTarget) -> None:
    assert hails.target_faults(target) == []


def test_none_of_it_can_be_published(update: Update) -> None:
    draft = drafted(later_text().replace("I write about", "Dear President,\n\nI write about", 1))
    with pytest.raises(updates.NotPublishable, match="every office would be addressed so"):
        publishing.ask(draft, digest_of(draft), by="Ada")
    draft = drafted(later_text(3))
    draft.targets.filter(role="copy").update(salutation="Dear President")
    with pytest.raises(updates.NotPublishable, match="Mend one of them"):
        publishing.ask(draft, digest_of(draft), by="Ada")
    draft.targets.filter(role="to").update(salutation="")
    draft.targets.filter(role="copy").update(salutation="")
    with pytest.raises(updates.NotPublishable, match="needs a salutation"):
        publishing.ask(draft, digest_of(draft), by="Ada")
