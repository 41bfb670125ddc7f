"""Owns the people and pages of the stories that tests tell: who writes, and who sits at the desk."""

import re
import secrets
from uuid import UUID

from tests.installation import Installation
from tests.provider import Mail
from tests.provider.server import wait_until
from tests.visitor import Page, Visitor

CAMPAIGN = "/ua-61-21/"
PRESIDENT, AMBASSADOR = "english@mail.gov.cn", "chineseembassy.ca@gmail.com"
LENA = {
    "name": "Léa Tremblay",
    "email": "lea.tremblay@example.org",
    "city": "Montréal",
    "country": "CA",
    "own_words": "I teach at a school. Some of my pupils wait for news of an uncle.",
    "subject": "UA 61/21: please tell their families where they are",
}
#: Long enough for a letter that should not leave to have left.
A_WHILE = 2.5


def the_link_in(mail: Mail, site: Installation, end: str) -> str:
    """The one link in a mail to a supporter: on our own site, to a letter's page that ends so."""
    links = re.findall(r"https?://\S+", mail.text)
    assert len(links) == 1
    assert re.fullmatch(rf"{re.escape(site.url)}/letters/[\w.-]+{end}", links[0])
    return str(links[0])


def the_uid_of(mail: Mail) -> UUID:
    """Our own name for the message that a mail is."""
    return UUID(mail.metadata["m"])


def words_of(text: Page | Mail) -> str:
    """The words alone, without spaces and the numbers of a list: to tell whether two say the same."""
    return re.sub(r"(?m)^\d+\. |\s+", "", text.text)


def she_waits_for(visitor: Visitor, address: str, words: str, seconds: float = 20.0) -> Page:
    """Open a page again and again until it says so."""
    page = visitor.get(address)

    def said() -> bool:
        nonlocal page
        page = visitor.get(address)
        return words in page.text

    assert wait_until(said, seconds), f"Not {words!r} after {seconds:g} s, but:\n{page.text}"
    return page


def staff_sign_in(site: Installation) -> Visitor:
    """A member of staff at the desk, who came there by its address and was asked for name and password."""
    password = re.search(r"Login +staff +(\S+)", site.manage("welcome", "--new-password"))
    assert password is not None
    return sign_in(site, "staff", password[1])


def second_sign_in(site: Installation) -> Visitor:
    """A second member of staff, who approves what the first one wrote."""
    password = secrets.token_urlsafe(12)
    words = f"get_user_model().objects.create_superuser('second', password={password!r})"
    site.manage("shell", "-v", "0", "-c", f"from django.contrib.auth import get_user_model; {words}")
    return sign_in(site, "second", password)


def sign_in(site: Installation, name: str, password: str) -> Visitor:
    """Somebody at the desk, who came there by its address and was asked for name and password."""
    staff = Visitor(site.url, cookies=True)
    door = staff.get("/desk/")
    assert door.path == "/desk/login/"
    refused = staff.press(door, "Sign in", username=name, password="a guess")
    assert (refused.path, refused.form_with("username").fields["username"]) == ("/desk/login/", name)
    desk = staff.press(refused, "Sign in", username=name, password=password)
    assert (desk.status, desk.path) == (200, "/desk/")
    return staff
