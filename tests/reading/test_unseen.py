"""Tests that what nobody sees in a file, or what is struck out in it, becomes no field: passed over, or refused."""

import io
from collections.abc import Callable
from email.message import EmailMessage

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from advocacy.reading import Fault
from advocacy.reading.documents import text_of
from advocacy.reading.files import html, pdf, word
from tests.reading.files import add_link, mail_file, pdf_file, saved

pytestmark = pytest.mark.once

RIGHT, TAIL = "Email: tides@gov.example.org", ".evil.example.net"


def page(body: str, head: str = "") -> str:
    return html.text_of(f"<html><head>{head}</head><body>{body}</body></html>")


def refusal(read: Callable[[], str]) -> str:
    with pytest.raises(Fault) as raised:
        read()
    (words,) = raised.value.lines
    assert words.endswith(".")
    return words


# --- web pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{RIGHT}<span hidden>{TAIL}</span></p>",
        f'<p>{RIGHT}<span style="display:\tnone">{TAIL}</span></p>',
        f'<p>{RIGHT}<span style="DISPLAY : none !important">{TAIL}</span></p>',
        f'<p>{RIGHT}<span style="color:red;/**/display:/**/none">{TAIL}</span></p>',
        f"<table><tr hidden><td>Email:</td><td>x@evil.example.net</td></tr><tr><td>{RIGHT}</td></tr></table>",
        f'<table><tr><td>{RIGHT}</td><td style="display:none">x@evil.example.net</td></tr></table>',
        f"<table><tbody hidden><tr><td>x@evil.example.net</td></tr></tbody><tr><td>{RIGHT}</td></tr></table>",
        f'<p>Email: <a href="#">tides@gov.example.org<span style="display:none">{TAIL}</span></a></p>',
        f"<p>Email: <a href='#'>tides@gov.example.org<script>{TAIL}</script></a></p>",
        f"<dialog>x@evil.example.net</dialog><p>{RIGHT}</p>",
    ],
)
def test_what_a_page_itself_takes_away_is_passed_over(body: str) -> None:
    assert page(body) == RIGHT


@pytest.mark.parametrize(
    "style",
    [
        "visibility:hidden",
        "opacity:0",
        "opacity: 0.0",
        "font-size:0",
        "font-size:1px",
        "font-size: 0.1em",
        "text-indent:-9999px",
        "position:absolute;left:-999em",
        "clip:rect(0 0 0 0)",
        "height:0;overflow:hidden",
        "transform:scale(0)",
        "color:transparent",
        "color:#fff",
        "color:rgb(255,255,255)",
        "d\\69splay:none",
        "display:var(--x)",
        "unicode-bidi:bidi-override;direction:rtl",
    ],
)
def test_a_page_with_words_that_may_not_be_seen_is_refused(style: str) -> None:
    said = refusal(lambda: page(f'<p>{RIGHT}<span style="{style}">{TAIL}</span></p>'))
    assert "may not see" in said
    assert "paste what you see" in said


@pytest.mark.parametrize(
    "sheet",
    [
        ".x{display:none}",
        ".y, span.x { visibility : hidden }",
        "p > .x{opacity:0}",
        "[data-on] p .x{font-size:0}",
        "p .x:not(.y:not(.z)){display:none}",
        "[title]{display:none}",
        "#n{display:none}",
        ".a{color:red; .x{display:none}}",
        "@media screen and (min-width:1px){.x{display:none}}",
        "/* */.x{/* */display:none",
        ".x::before{content:'evil@'}",
        ".x::first-line{font-size:0}",
    ],
)
def test_a_style_sheet_that_may_hide_words_refuses_the_page(sheet: str) -> None:
    body = f'<p>{RIGHT}<span class="x" id="n" title="t">{TAIL}</span></p>'
    assert "may not see" in refusal(lambda: page(body, f"<style>{sheet}</style>"))


@pytest.mark.parametrize(
    "sheet",
    [
        ".q{display:none}",
        "nav.x, b.x{display:none}",
        "@media print{.x{display:none}}",
        "@keyframes k{from{opacity:0}}",
        ".x:hover{opacity:0}",
        ".x::before{content:'\\f101'}",
        ".x::-webkit-scrollbar{display:none}",
        ".x{font-size:13px;color:#333;background:#fff;width:1px\\9}",
        ".menu{display:none}",
    ],
)
def test_a_style_sheet_that_hides_nothing_of_the_text_does_no_harm(sheet: str) -> None:
    body = f'<nav class="menu">Home</nav><p>{RIGHT}<span class="x">!</span></p>'
    assert page(body, f"<style>{sheet}</style>") == f"{RIGHT}!"


def test_small_print_around_larger_and_white_on_a_dark_ground_are_seen() -> None:
    assert page('<div style="font-size:0"><p style="font-size:13px">Seen</p></div>') == "Seen"
    assert page('<div style="background:#000"><h1 style="color:#fff">Seen</h1></div>') == "Seen"
    assert page('<table bgcolor="#000"><tr><td><font color="white">Seen</font></td></tr></table>') == "Seen"


@pytest.mark.parametrize(
    "struck",
    ["<del>{0}</del>", "<s>{0}</s>", "<strike>{0}</strike>", '<span style="text-decoration: line-through">{0}</span>'],
)
def test_struck_out_words_of_a_page_are_no_facts(struck: str) -> None:
    assert "struck out" in refusal(lambda: page(f"<p>{struck.format('Ninety people')} were freed.</p>"))


def test_what_a_style_sheet_strikes_out_is_no_fact() -> None:
    sheet = "<style>.o{text-decoration:line-through}</style>"
    assert "struck out" in refusal(lambda: page('<p class="o">Ninety</p>', sheet))


# --- Word ------------------------------------------------------------------------------------------------------------


def word_text(fill: Callable[[Document, Paragraph], None]) -> str:
    """The text of a Word file with an address, to which something was added."""
    document = docx.Document()
    fill(document, document.add_paragraph(RIGHT))
    return word.text_of(saved(document))


def ghost(document: Document, kind: WD_STYLE_TYPE, **font: object) -> str:
    """The name of a style that is based on one with this font."""
    base = document.styles.add_style("Ghost base", kind)
    for name, value in font.items():
        setattr(base.font, name, value)
    document.styles.add_style("Ghost", kind).base_style = base
    return "Ghost"


def hidden_by_style(document: Document, paragraph: Paragraph) -> None:
    paragraph.add_run(TAIL, style=ghost(document, WD_STYLE_TYPE.CHARACTER, hidden=True))


def hidden_paragraph(document: Document, _: Paragraph) -> None:
    document.add_paragraph("x@evil.example.net", style=ghost(document, WD_STYLE_TYPE.PARAGRAPH, hidden=True))


def hidden_run(_: Document, paragraph: Paragraph) -> None:
    paragraph.add_run(TAIL).font.hidden = True


def hidden_in_a_link(_: Document, paragraph: Paragraph) -> None:
    add_link(paragraph, TAIL, "https://example.org")
    Run(paragraph._p.findall(f".//{qn('w:r')}")[-1], paragraph).font.hidden = True


def hidden_in_a_box(_: Document, paragraph: Paragraph) -> None:
    add_box(paragraph, "<w:rPr><w:vanish/></w:rPr>", "width:90pt;height:30pt")


def order_to_word(_: Document, paragraph: Paragraph) -> None:
    for kind, words in (("begin", ""), ("", TAIL), ("separate", ""), ("end", "")):
        run = paragraph.add_run(words)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def hidden_row(document: Document, _: Paragraph) -> None:
    row = document.add_table(rows=1, cols=1).rows[0]
    row.cells[0].text = "x@evil.example.net"
    row._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))


def add_box(paragraph: Paragraph, properties: str, style: str) -> None:
    names = f'xmlns:w="{nsmap["w"]}" xmlns:v="urn:schemas-microsoft-com:vml"'
    paragraph._p.append(
        parse_xml(
            f'<w:r {names}><w:pict><v:shape style="{style}"><v:textbox><w:txbxContent><w:p><w:r>{properties}'
            "<w:t>x@evil.example.net</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        )
    )


@pytest.mark.parametrize(
    "fill",
    [hidden_by_style, hidden_paragraph, hidden_run, hidden_in_a_link, hidden_in_a_box, order_to_word, hidden_row],
)
def test_what_a_word_file_hides_is_passed_over(fill: Callable[[Document, Paragraph], None]) -> None:
    assert word_text(fill) == RIGHT


def test_what_a_style_hides_and_its_run_shows_is_seen() -> None:
    def shown(document: Document, paragraph: Paragraph) -> None:
        run = paragraph.add_run("!", style=ghost(document, WD_STYLE_TYPE.CHARACTER, hidden=True))
        run.font.hidden = False

    assert word_text(shown) == f"{RIGHT}!"


def white(_: Document, paragraph: Paragraph) -> None:
    paragraph.add_run(TAIL).font.color.rgb = RGBColor(255, 255, 255)


def white_by_style(document: Document, paragraph: Paragraph) -> None:
    name = ghost(document, WD_STYLE_TYPE.CHARACTER)
    font = document.styles["Ghost base"].font
    font.color.rgb = RGBColor(254, 254, 254)
    paragraph.add_run(TAIL, style=name)


def tiny(_: Document, paragraph: Paragraph) -> None:
    paragraph.add_run(TAIL).font.size = Pt(3)


def in_a_flat_box(_: Document, paragraph: Paragraph) -> None:
    add_box(paragraph, "", "width:0;height:0")


@pytest.mark.parametrize("fill", [white, white_by_style, tiny, in_a_flat_box])
def test_a_word_file_with_words_that_nobody_sees_is_refused(fill: Callable[[Document, Paragraph], None]) -> None:
    said = refusal(lambda: word_text(fill))
    assert "nobody sees" in said
    assert "paste what you see" in said


def test_white_words_on_a_dark_ground_and_small_print_are_seen() -> None:
    def shaded(_: Document, paragraph: Paragraph) -> None:
        white(_, paragraph)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "000000")
        paragraph._p.get_or_add_pPr().append(shade)
        paragraph.add_run("!").font.size = Pt(5)

    assert word_text(shaded) == f"{RIGHT}{TAIL}!"


@pytest.mark.parametrize("name", ["strike", "double_strike"])
def test_struck_out_words_of_a_word_file_are_no_ask(name: str) -> None:
    def struck(document: Document, _: Paragraph) -> None:
        setattr(document.add_paragraph("- ").add_run("free them").font, name, True)

    assert "struck out" in refusal(lambda: word_text(struck))


@pytest.mark.parametrize("place", ["header", "footer"])
def test_a_change_that_nobody_accepted_is_seen_in_header_and_footer_too(place: str) -> None:
    def tracked(document: Document, _: Paragraph) -> None:
        around = getattr(document.sections[0], place)
        around.is_linked_to_previous = False
        around.paragraphs[0]._p.append(OxmlElement("w:del"))

    assert "tracked changes" in refusal(lambda: word_text(tracked))


# --- PDF --------------------------------------------------------------------------------------------------------------


def pdf_text(*drawn: str, before: str = "") -> str:
    shown = f"{before}\nBT /F1 10 Tf 12 TL 50 780 Td\n({RIGHT}) Tj {' '.join(drawn)} ET"
    return pdf.text_of(pdf_file([], stream=shown.encode()))


@pytest.mark.parametrize(
    "drawn",
    [
        f"3 Tr ({TAIL}) Tj",
        f"7 Tr [({TAIL})] TJ",
        f"1 1 1 rg ({TAIL}) Tj",
        f"1 g ({TAIL}) '",
        f"0 0 0 0 k ({TAIL}) Tj",
        f"/DeviceRGB cs 1 1 1 sc ({TAIL}) Tj",
        f"/F1 0.01 Tf ({TAIL}) Tj",
        f"0.01 0 0 0.01 150 780 Tm ({TAIL}) Tj",
        f"1 Tz ({TAIL}) Tj",
        f"900 0 Td ({TAIL}) Tj",
        f"ET q 0 0 0 0 re W n BT /F1 10 Tf 150 780 Td ({TAIL}) Tj",
        "ET 1 g 40 770 200 20 re f BT",
    ],
)
def test_a_pdf_with_words_that_nobody_sees_is_refused(drawn: str) -> None:
    said = refusal(lambda: pdf_text(drawn))
    assert "nobody sees" in said
    assert "paste what you see" in said


@pytest.mark.parametrize(
    "drawn",
    [
        "q 3 Tr Q (!) Tj",
        "ET q 1 g Q BT /F1 10 Tf 180 780 Td (!) Tj",
        "3 Tr ( ) Tj 0 Tr (!) Tj",
        "0.2 g /F1 4 Tf (!) Tj",
        "ET 1 g 40 100 200 20 re f 0 g BT /F1 10 Tf 180 780 Td (!) Tj",
    ],
)
def test_a_pdf_whose_words_are_seen_is_read(drawn: str) -> None:
    text = pdf_text(drawn)
    assert text.startswith(RIGHT)
    assert text.endswith("!")


def test_white_words_on_a_dark_ground_of_a_pdf_are_seen() -> None:
    text = pdf_text("1 g 0 -50 Td (URGENT ACTION) Tj", before="0 g 40 720 300 30 re f")
    assert text.endswith("URGENT ACTION")


# --- mails ------------------------------------------------------------------------------------------------------------


def mail_of(*parts: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "desk@example.org", "UA 12/24"
    mail.make_mixed()
    for part in parts:
        other = EmailMessage()
        other.set_content(part)
        mail.attach(other)
    return bytes(mail)


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        (f"{RIGHT}{TAIL}", f"<p>{RIGHT}</p>"),
        (f"{RIGHT} and x@evil.example.net", f"<p>{RIGHT}</p>"),
        (RIGHT, "<p>See the picture.</p>"),
        ("a@example.org b@example.org", "<p>b@example.org a@example.org</p>"),
    ],
)
def test_a_mail_whose_parts_name_other_addresses_is_asked(plain: str, shown: str) -> None:
    said = refusal(lambda: text_of("a.eml", mail_file(plain, shown)))
    assert "not the same in all its parts" in said


def test_a_mail_whose_page_says_the_same_and_more_below_is_read() -> None:
    shown = f'<p>{RIGHT.replace("tides@gov.example.org", "")}<a href="mailto:Tides@gov.example.org">the office</a></p>'
    text = text_of("a.eml", mail_file(RIGHT, f"{shown}<p>Write to list@example.org</p>"))
    assert text.strip().endswith(RIGHT)


def test_all_text_parts_of_a_mail_are_read_and_a_second_text_is_asked() -> None:
    assert text_of("a.eml", mail_of(RIGHT, "And more.")).split() == f"UA 12/24 {RIGHT} And more.".split()
    footer = "_______\nTo leave write to list-leave@example.org"
    assert "list-leave@example.org" in text_of("a.eml", mail_of(RIGHT, footer))
    second = "Write to x@evil.example.net. " + "And so it goes on. " * 40
    assert "x@evil.example.net" in refusal(lambda: text_of("a.eml", mail_of(RIGHT, second)))


def test_bytes_of_all_kinds_are_still_read_in_a_process_apart() -> None:
    document = docx.Document()
    document.add_paragraph(RIGHT)
    stream = io.BytesIO()
    document.save(stream)
    assert text_of("a.docx", stream.getvalue()) == RIGHT
