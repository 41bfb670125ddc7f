"""Tests of what the desk does with a text that leaves something open: a draft, the question, and nothing lost."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from advocacy.models import Campaign, Update
from tests.advocacy.making import AMBASSADOR, PRESIDENT, at_the_desk, later_text

NEW = "/desk/campaigns/ua-61-21/new/"
PRINTED_LETTER = "Dear Director Invented:\n\nI write with grave concern.\n\nYours sincerely,"


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def pasted(staff: Client, text: str, **more: str) -> Any:
    return staff.post(NEW, {"do": "read", "text": text, **more}, follow=True)


def sent(answer: Any) -> dict[str, str]:
    """What the browser would send back from the edit page, untouched."""
    context = answer.context
    fields = [field for form in (context["form"], *context["targets"].forms) for field in form]
    fields += list(context["targets"].management_form)
    values = {field.html_name: field.value() for field in fields}
    listed = {name: "\n".join(map(str, value)) for name, value in values.items() if isinstance(value, list)}
    return {"seen": context["seen"], **{name: str(value or "") for name, value in values.items()}, **listed}


def test_two_addresses_make_a_draft_with_an_empty_field_and_a_question(staff: Client, update: Update) -> None:
    text = later_text().replace(f"Email: {PRESIDENT}", "Email: one@example.org / two@example.org")
    answer = pasted(staff, text)
    draft = Update.objects.get(number=2)
    assert [one.email for one in draft.targets.order_by("position")] == ["", AMBASSADOR]
    source = answer.context["sources"].offices[0]["email"]
    assert source.state == "asked"
    assert source.lines[0].text.startswith("Email: one@example.org")
    shown = page(answer)
    assert "Which one shall letters go to?" in shown
    assert shown.count('<q dir="auto">two@example.org</q>') == 2, "on top, and beside the field"
    assert "Left open" in shown


def test_an_office_whose_name_is_asked_is_open_to_be_filled_in(staff: Client, update: Update) -> None:
    text = later_text().replace("President of the People's Republic of China\nXi Jinping", "Someone\nSomewhere")
    assert text != later_text()
    answer = pasted(staff, text)
    draft = Update.objects.get(number=2)
    first = draft.targets.get(position=1)
    assert (first.name, first.email) == ("", PRESIDENT)
    shown = page(answer)
    assert "Which line is the name?" in shown
    assert shown.count("<details><summary>One more office") == 1
    assert shown.count('<q dir="auto">Someone</q>') == 3, "on top, and as line and candidate beside the field"


def test_offices_in_columns_make_a_draft_without_offices(staff: Client, update: Update) -> None:
    text = later_text()
    start, end = text.index("Write to:"), text.index("Model letter")
    columns = "Write to:\n\nDirector Director,\nAnna    Olaf\nSalutation: Dear A Salutation: Dear B\n\n"
    answer = pasted(staff, text[:start] + columns + text[end:])
    assert not Update.objects.get(number=2).targets.exists()
    assert "so the offices cannot be told apart" in page(answer)


def test_an_update_without_its_number_asks_for_it_and_keeps_the_text(staff: Client, update: Update) -> None:
    text = later_text().replace("UA 61/21, Update 2,", "Further information on UA 61/21,")
    assert text != later_text()
    answer = pasted(staff, text)
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == text
    shown = page(answer)
    assert "like: UA 61/21, Update 2" in shown
    assert 'name="number"' in shown
    assert 'name="number"' not in page(staff.get(NEW))
    done = pasted(staff, text, number="7")
    draft = Update.objects.get(number=7)
    assert draft.source_text == text
    assert done.redirect_chain == [(f"/desk/updates/{draft.pk}/", 302)]
    assert done.context["sources"].fields["number"].state == "added"
    assert "does not say which" not in page(done)


def test_a_number_that_is_none_is_told_beside_its_box(staff: Client, update: Update) -> None:
    answer = pasted(staff, later_text(), number="seven")
    assert answer.status_code == 422
    assert "Write the number in digits." in page(answer)
    assert answer.context["form"]["text"].value() == later_text()


def test_a_letter_as_it_is_printed_stands_in_its_box_and_can_be_saved(staff: Client, update: Update) -> None:
    text = later_text()
    start, end = text.index("Model letter"), text.index("Additional information")
    answer = pasted(staff, f"{text[:start]}Model letter\n\n{PRINTED_LETTER}\n\n{text[end:]}")
    draft = Update.objects.get(number=2)
    assert draft.letter_text == PRINTED_LETTER
    assert answer.context["sources"].fields["letter_text"].state == "found"
    assert "The model letter stands in the draft as it is printed" in page(answer)
    values = {**sent(answer), "title": "Another title", "do": "preview"}
    preview = staff.post(f"/desk/updates/{draft.pk}/", values, follow=True)
    assert preview.redirect_chain, "saved, and shown"
    assert Update.objects.get(pk=draft.pk).title == "Another title"
    assert "The letter lacks {target_salutation}" in page(preview)
    again = sent(staff.get(f"/desk/updates/{draft.pk}/")) | {"letter_text": "Other words without any token"}
    assert staff.post(f"/desk/updates/{draft.pk}/", again).status_code == 422


def test_the_machine_publishes_no_text_that_leaves_open_who_is_written_to(db: None, tmp_path: Any) -> None:
    file = tmp_path / "update.txt"
    file.write_text(later_text().replace(f"Email: {AMBASSADOR}", f"Email: formerly {AMBASSADOR}"))
    with pytest.raises(CommandError) as raised:
        call_command("load_campaign", str(file), "--publish")
    assert f"“{AMBASSADOR}”" in str(raised.value)
    assert str(raised.value).endswith("It is kept as a draft.")
    assert not Update.objects.get().published
    assert Campaign.objects.get().live_update is None
