"""Owns the mails to staff about approvals: to each approver when one is asked for, to whoever asked when it is decided.

They say which text of which case it is, and where to read it; nothing of its words, and nothing of a supporter.
"""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse

from advocacy.access import Role
from advocacy.models import Approval
from advocacy.models.approval import ApprovalKind
from mailings import outbox
from mailings.compose import Address, compose, sending_address
from mailings.outbox import Posting
from mailings.text import UnfitText, clean_address


def ask(approval: Approval) -> int:
    """Mail the approvers of a campaign that somebody asks for an approval. Call it in the transaction of the act.

    Returns:
        How many mails there are.
    """
    return _post(approval, "approval_asked", _approvers(approval))


def tell(approval: Approval) -> int:
    """Mail whoever asked what was decided, where somebody else did. Call it in the transaction of the act."""
    if approval.decided_by == approval.asked_by:
        return 0
    return _post(approval, "approval_decided", _at_work().filter(username=approval.asked_by))


def _at_work() -> QuerySet[User]:
    return get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")


def _approvers(approval: Approval) -> QuerySet[User]:
    """Who may approve it and has an address; administrators where the campaign has no approver of its own."""
    people = _at_work().exclude(username=approval.asked_by)
    administrators = Q(groups__name=Role.ADMINISTRATOR) | Q(is_superuser=True)
    campaign = approval.update.campaign_id
    theirs = people.filter(groups__name=Role.APPROVER, memberships__campaign=campaign).distinct()
    return theirs if theirs.exists() else people.filter(administrators).distinct()


def _post(approval: Approval, template: str, people: QuerySet[User]) -> int:
    update = approval.update
    values = {
        "approval": approval,
        "name": update.name,
        "back": approval.kind == ApprovalKind.RETURN,
        "reference": update.campaign.reference,
        "link": f"{settings.SITE_URL}{reverse('desk:preview', args=[update.pk])}",
        "organisation": settings.ORGANISATION,
        "contact": settings.ORGANISATION_CONTACT,
    }
    postings = []
    for person in people.order_by("pk"):
        try:
            to = Address(clean_address(person.email))
        except UnfitText:
            continue  # An account's address is nobody's promise; the desk shows the request as well.
        mail = compose(
            template,
            values,
            kind="notice",
            sender=sending_address("letters", settings.MAIL_DOMAIN, settings.ORGANISATION),
            to=(to,),
            reply_to=settings.ORGANISATION_CONTACT,
        )
        postings.append(Posting(mail, dedupe_key=f"{template}-{approval.pk}-{approval.state}-{person.pk}"))
    return len(outbox.post_together(postings)) if postings else 0
