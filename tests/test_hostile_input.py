"""Whatever people and machines type, over real HTTP: said beside the field, nothing stored, never a fault of ours."""

import contextlib
from urllib.parse import quote_plus, urlencode

import pytest
import requests

from tests.installation import Installation
from tests.story import CAMPAIGN, LENA, the_link_in

pytestmark = pytest.mark.e2e

ONE_LINE = "Write this on a single line, without line breaks."
HIDDEN = "This holds hidden signs that turn the reading direction."
CONTROL = "This holds control characters that cannot be sent."
PLAIN = "Write plain text, without tags such as <b> and without double braces."
MARKS = "Some letters here carry too many marks to be read."
ADDRESS = "Write your email address with an @ and a dot, like name@example.org."

#: What is fit for no line of words.
UNFIT_LINE = [
    ("Lena\r\nBcc: victim@example.org", ONE_LINE),
    ("Lena\nContent-Type: text/html\n\n<b>", ONE_LINE),
    ("Lena\u2028Bcc: victim", ONE_LINE),
    ("Lena\x85Bcc: victim", ONE_LINE),
    ("Lena\x0bBcc: victim", ONE_LINE),
    ("Lena \u202egro.live", HIDDEN),
    ("Lena \u2067x", HIDDEN),
    ("Lena\x00", CONTROL),
    ("Lena \x1b[2J", CONTROL),
    ("Lena \U000e0041", CONTROL),
    ("{{ settings.SECRET_KEY }}", PLAIN),
    ("{% include '/etc/passwd' %}", PLAIN),
    ("<script>alert(1)</script>", PLAIN),
    ("<img src=x onerror=alert(1)>", PLAIN),
    ("<svg/onload=alert(1)>", PLAIN),
    ("*|NAME|*", PLAIN),
    ("%recipient.name%", PLAIN),
    ("<%= system %>", PLAIN),
    ("Le" + "\u0334" * 60 + "na", MARKS),
]
UNFIT_TEXT = [(typed, said) for typed, said in UNFIT_LINE if said != ONE_LINE]
BAD: dict[str, list[tuple[str, str]]] = {
    "name": [
        *UNFIT_LINE,
        ("", "Write your name."),
        ("\u3000\u2800\u200b", "Write your name."),
        ("🙂🙂", "Write it with letters."),
        ("boss@gov.example via Lena", "without an email or web address"),
        ("see http://spam.example now", "without an email or web address"),
        ("x" * 101, "These are 101 characters; 100 fit. Nothing was cut."),
    ],
    "email": [
        ("", "Write your email address."),
        ("lena", ADDRESS),
        ("lena@localhost", ADDRESS),
        ("lena@[127.0.0.1]", ADDRESS),
        ("a@example.org, b@example.org", "Write one address only."),
        ("a@example.org;b@example.org", "Write one address only."),
        ('"Boss" <boss@example.org>', ADDRESS),
        ("lena@example.org\r\nBcc: victim@example.org", "Write"),
        ("lena\x00@example.org", ADDRESS),
        ("le\u200bna@example.org", ADDRESS),
        ("王@例子.公司", ADDRESS),
        ("%0d%0aBcc@example.org", ADDRESS),
        ("=cmd|calc@example.org", ADDRESS),
        ("{{7*7}}@example.org", ADDRESS),
        ("<b>@example.org", ADDRESS),
        ("x" * 65 + "@example.org", ADDRESS),
    ],
    "city": [*UNFIT_LINE, ("", "Write the town or city"), ("12345", "Write it with letters."), ("x" * 81, "80 fit")],
    "country": [
        ("", "Choose your country."),
        ("XX", "Choose a country from the list."),
        ("ca", "Choose a country from the list."),
        ("CA\r\nBcc: x", "Choose a country from the list."),
        ("{{ 7 }}", "Choose a country from the list."),
        ("' OR 1=1 --", "Choose a country from the list."),
    ],
    "own_words": [*UNFIT_TEXT, ("x" * 1501, "These are 1,501 characters; 1,500 fit. Nothing was cut.")],
    "subject": [*UNFIT_LINE, ("x" * 121, "These are 121 characters; 120 fit. Nothing was cut.")],
}


@pytest.mark.parametrize("field", list(BAD))
def test_bad_input_is_answered_beside_its_field_and_stores_nothing(site: Installation, field: str) -> None:
    visitor = site.visitor()
    form = visitor.get(CAMPAIGN).form_with("email")
    before = what_is_stored(site)
    for typed, said in BAD[field]:
        filled = {**LENA, "email": "bad.input@example.org", field: typed}
        page = visitor.send(form, {**filled, "do": "send"})
        assert (page.status, page.path) == (422, CAMPAIGN), typed
        assert said in page.text, (typed, page.text[:600])
        assert f'id="id_{field}_e"' in page.html, typed
        kept = page.form_with("email").fields
        assert {name: kept[name] for name in filled if name != "country"} == {
            name: value for name, value in filled.items() if name != "country"
        }
        seen = visitor.send(form, {**filled, "do": "preview"})
        assert seen.status == 200, typed
        assert seen.form_with("email").fields["own_words"] == filled["own_words"], typed
    assert what_is_stored(site) == before


def what_is_stored(site: Installation) -> list[int]:
    """How many supporters, letters and messages there are."""
    return [
        int(site.rows(f"SELECT count(*) FROM {table}")[0][0])
        for table in ("advocacy_supporter", "advocacy_letter", "mailings_message")
    ]


def test_bytes_that_are_no_form_break_nothing(site: Installation) -> None:
    visitor = site.visitor()
    token = visitor.get(CAMPAIGN).form_with("email").fields["token"]
    before = what_is_stored(site)
    good = urlencode({**LENA, "email": "bytes@example.org", "do": "send", "token": token})
    kind = "application/x-www-form-urlencoded"
    bodies: list[bytes] = [
        b"",
        b"%",
        b"\xff\xfe\x00",
        good.replace("name=L%C3%A9a", "name=%ED%A0%BD%00").encode(),
        good.replace("token=", "token=x").encode(),
        good.replace(f"token={quote_plus(token)}", "token=").encode(),
        good.replace("country=CA", "country=CA&country=FR%0d%0a").encode() + b"&status=sent&mode=live&id=1&name=%0a",
        b"&".join(b"f%d=1" % number for number in range(5000)),
        b'{"name": "x"}',
    ]
    for body in bodies:
        page = visitor.ask("POST", CAMPAIGN, body, Content_Type=kind)
        assert 400 <= page.status < 500, (body[:80], page.status)
    # What is too large is not even read: the web server answers, or hangs up while the rest is still on its way.
    with contextlib.suppress(requests.ConnectionError):
        assert site.visitor().ask("POST", CAMPAIGN, b"own_words=" + b"x" * 3_000_000, Content_Type=kind).status == 400
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.ask(method, CAMPAIGN).status == 405
    assert what_is_stored(site) == before


@pytest.mark.parametrize(
    "path",
    [
        "/nothing-here/",
        "/letters/x/",
        "/letters/x/confirm/",
        "/letters/%00/confirm/",
        "/letters/..%2f..%2f/",
        "/letters/7K2M94QX.1abcde.AAAA/confirm/",
        "/%00/",
        "/%ff/",
        "/?next=//evil.example",
        "/ua-61-21/%0d%0aSet-Cookie:%20x=1/",
        "/sandbox/",
        "/sandbox/messages.json",
    ],
)
def test_an_address_that_leads_nowhere_says_so(site: Installation, path: str) -> None:
    page = site.visitor().get(path)
    assert page.status == (200 if path.startswith("/?") else 404)
    assert "Traceback" not in page.html


def test_a_false_host_reaches_nobody(site: Installation) -> None:
    email = "false.host@example.org"
    form = site.visitor().get(CAMPAIGN).form_with("email")
    sent = {**form.fields, **LENA, "email": email, "do": "send"}
    assert site.visitor().ask("POST", CAMPAIGN, sent, Host="evil.example").status == 400
    page = site.visitor().ask("POST", CAMPAIGN, sent, X_Forwarded_Host="evil.example")
    assert page.path == "/ua-61-21/written/"
    the_link_in(site.provider.wait_for(1, email)[0], site, "/confirm/")
