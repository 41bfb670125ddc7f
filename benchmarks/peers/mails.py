"""Owns the letter as a peer gets it: one Django mail with our number for it in its Message-ID."""

from django.core.mail import EmailMultiAlternatives

from benchmarks import letters


def letter_id(number: int) -> str:
    """The id (32 hex digits) by which the provider counts this letter."""
    return f"{number:032x}"


def mail(number: int) -> EmailMultiAlternatives:
    """The letter of this number, ready to be sent or queued."""
    words = letters.write(number)
    made = EmailMultiAlternatives(
        subject=words.subject,
        body=words.text,
        from_email=f'"{words.writer}" <{letters.SENDER}>',
        to=[f'"{letters.OFFICE_NAME}" <{letters.OFFICE}>'],
        cc=[f'"{letters.EMBASSY_NAME}" <{letters.EMBASSY}>'],
        reply_to=[letters.ANSWERS],
        headers={"Message-ID": f"<{letter_id(number)}@{letters.DOMAIN}>"},
    )
    made.attach_alternative(words.html, "text/html")
    return made
