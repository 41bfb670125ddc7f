"""Tests of numbers, dates and addresses in translations: what only one side says is asked, and nothing else is."""

import pytest
from django.test import Client

from advocacy import alarms, drafts, translations
from advocacy.figures_alike import apart
from advocacy.models import Update
from tests.advocacy.making import approved, at_the_desk, gone_live, ticks
from tests.advocacy.test_book import page, well_formed
from tests.advocacy.tongues import FRENCH, drafted, told

SAME = (
    ("Please let 155 people go home", "Laissez 155 personnes rentrer", "fr"),
    ("Forty-eight more people are named.", "Quarante-huit autres personnes sont nommées.", "fr"),
    ("Forty-eight more people are named.", "48 autres personnes sont nommées.", "fr"),
    ("Three teachers are held", "احتجاز ثلاث معلمات", "ar"),
    ("He was taken on 29 July 2022.", "Il a été emmené le 29 juillet 2022.", "fr"),
    ("He was taken on 29 July 2022.", "Er wurde am 29. Juli 2022 abgeholt.", "de"),
    ("He was taken on 29 July 2022, with 120 people.", "他于2022年7月29日与120人一起被带走。", "zh-Hans"),
    ("On 29 July they took 12 men.", "7月29日，他们带走了十二名男子。", "zh-Hans"),
    ("More than 1,200 letters", "Plus de 1 200 lettres", "fr"),
    ("12 thousand letters", "12 000 lettres", "fr"),
    ("See https://example.org/a12 or a.b@example.org.", "Voir https://example.org/a12 ou a.b@example.org", "fr"),
    ("Around 11.3 million Uyghurs", "Rund 11,3 Millionen Uiguren", "de"),
    ("155 people", "١٥٥ شخصا", "ar"),
    ("ASA 17/5905/2022 ({reference})", "({reference}) ASA 17/5905/2022", "fr"),
    ("Both were held.", "Tous deux ont été détenus.", "fr"),
)  # fmt: skip
OTHER = (
    ("Please let 155 people go home", "Laissez 140 personnes rentrer", "fr", ("says 155,", "translation says 140,")),
    ("Forty-eight more people are named.", "Quarante autres personnes sont nommées.", "fr", ("says 48,", "says 40,")),
    ("Taken on 29 July 2022.", "Emmené le 29 juin 2022.", "fr", ("29 July 2022", "29 June 2022")),
    ("Taken on 29 July 2022.", "Am 29. Juli 2021 abgeholt.", "de", ("29 July 2022", "2021")),
    ("Write to a@example.org", "Écrivez à b@example.org", "fr", ("a@example.org", "b@example.org")),
    ("155 people", "١٥٠ شخصا", "ar", ("155", "150")),
    ("Held since 2017", "Détenu", "fr", ("says 2017",)),
)


@pytest.mark.parametrize(("original", "words", "code"), SAME)
def test_what_says_the_same_is_not_asked_about(original: str, words: str, code: str) -> None:
    assert apart(original, words, "en", code) == ""


@pytest.mark.parametrize(("original", "words", "code", "said"), OTHER)
def test_what_only_one_side_says_is_told(original: str, words: str, code: str, said: tuple[str, ...]) -> None:
    found = apart(original, words, "en", code)
    assert all(one in found for one in said), found


WRONG = {**FRENCH, "letter_subject": ["{reference} : 140 institutrices"]}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def test_other_figures_are_asked_about_on_the_pages_of_a_first_appeal(staff: Client) -> None:
    draft = drafted()
    told(draft, "fr", WRONG)
    shown = well_formed(staff.get(f"/desk/updates/{draft.pk}/in/fr/"))
    assert "Other figures in 1 of" in shown
    assert "The translation says 140, and the original does not. Is that meant?" in shown
    assert "The translation says 140" in well_formed(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    told(draft, "fr", FRENCH)
    assert "Complete" in page(staff.get(f"/desk/updates/{draft.pk}/in/fr/"))


def test_other_figures_want_a_tick_of_both(staff: Client) -> None:
    live = gone_live(approved(drafted()))
    draft = drafts.begin_from_live(live.campaign, by="Ada", offices=drafts.targets_of(live))
    told(draft, "fr", WRONG)
    where = f"/desk/updates/{draft.pk}/preview/"
    answer = staff.get(where)
    (alarm,) = answer.context["comparison"].of.alarms
    assert alarm.label.startswith("In French: Subject of the letter")
    assert "<b>English</b>" in well_formed(answer)
    assert "<b>French</b>" in page(answer)
    sent = {"do": "ask", "compared": "1", "shown": answer.context["shown"]}
    assert staff.post(where, sent).status_code == 422
    assert staff.post(where, {**sent, **ticks(answer)}).status_code == 302


def test_what_is_live_so_already_is_not_asked_again(db: None) -> None:
    draft = drafted()
    told(draft, "fr", WRONG)
    live = gone_live(approved(draft))
    after = drafts.begin_from_live(live.campaign)
    found = alarms.comparison(after)
    assert found is not None
    assert not any("In French" in one.label for one in found.alarms)
    assert translations.all_beside(Update.objects.get(pk=after.pk))[0].apart
