"""Ties an approval to the update that was live when it was asked for, and a changeover to the way it went.

Open approvals that another update has overtaken since end, as they would today; stops and pauses hold in every mode; and
letters of changeovers that are not done yet are recalled.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

MODES = ("sandbox", "test", "live")
BECAME_LIVE = ("published", "went_back")


def tie(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Open approvals: to what is live, or to their end."""
    acts = apps.get_model("advocacy", "Act").objects.filter(what__in=BECAME_LIVE)
    approvals = apps.get_model("advocacy", "Approval").objects.filter(state__in=["asked", "approved"])
    for approval in approvals.select_related("update__campaign"):
        campaign = approval.update.campaign
        approval.compared_with_id = campaign.live_update_id
        if acts.filter(campaign=campaign, at__gt=approval.asked_at).exists():
            if approval.publish_at:
                approval.missed = "Another update became live before."
            approval.publish_at, approval.state, approval.decided_at = None, "void", timezone.now()
            approval.decision = "Another update became live."
        approval.save()


def say_which_way(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Changeovers that began when the campaign went back."""
    acts = apps.get_model("advocacy", "Act").objects.filter(what__in=BECAME_LIVE)
    for changeover in apps.get_model("advocacy", "Changeover").objects.exclude(answer="less"):
        act = acts.filter(campaign=changeover.campaign_id, at__lte=changeover.at).order_by("-id").first()
        if act is not None and act.what == "went_back":
            changeover.back = True
            changeover.save(update_fields=["back"])


def halt_in_every_mode(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Each campaign's halt as its state says it, whatever mode it was pressed in."""
    halts = apps.get_model("mailings", "Halt").objects
    for campaign in apps.get_model("advocacy", "Campaign").objects.all():
        stream = f"{campaign.slug}/"
        if campaign.status in {"paused", "stopped", "closed"}:
            for mode in MODES:
                for_good = {"for_good": campaign.status != "paused"}
                halts.update_or_create(stream_prefix=stream, mode=mode, defaults=for_good)
        else:
            halts.filter(stream_prefix=stream, for_good=False).delete()


def recall(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """What changeovers that are not done yet have still to decide on."""
    messages, recalls = apps.get_model("mailings", "Message").objects, apps.get_model("mailings", "Recall")
    unfinished = apps.get_model("advocacy", "Changeover").objects.filter(done_at=None).exclude(answer="less")
    for changeover in unfinished.select_related("campaign", "update"):
        number, correction = changeover.update.number, changeover.update.correction
        stream = f"{changeover.campaign.slug}/{number}" + (f".{correction}" if correction else "")
        rows = messages.filter(kind="letter", stream__startswith=f"{changeover.campaign.slug}/").exclude(stream=stream)
        rows = rows.filter(status__in=["held", "queued", "sending", "in_doubt", "failed"])
        found = [recalls(message_id=pk, why="update") for pk in rows.values_list("pk", flat=True)]
        recalls.objects.bulk_create(found, batch_size=5000, ignore_conflicts=True)


def nothing(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back: the columns go, and the rest may stay."""


class Migration(migrations.Migration):
    dependencies = [
        ("advocacy", "0016_other_ways"),
        ("mailings", "0011_recalls"),
    ]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="compared_with",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="advocacy.update",
            ),
        ),
        migrations.AddField(
            model_name="changeover",
            name="back",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="approval",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Waiting for approval"),
                    ("approved", "Approved"),
                    ("sent_back", "Sent back"),
                    ("void", "Ended by a change"),
                    ("used", "Published"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="act",
            name="what",
            field=models.CharField(
                choices=[
                    ("began", "began a draft"),
                    ("edited", "changed a draft"),
                    ("discarded", "threw a draft away"),
                    ("asked", "asked for approval"),
                    ("approved", "approved"),
                    ("sent_back", "did not approve"),
                    ("voided", "changed what had been shown, which ended the approval"),
                    ("ended", "ended the approval"),
                    ("scheduled", "set a time for publishing"),
                    ("unscheduled", "took the time for publishing back"),
                    ("missed", "did not publish at the set time"),
                    ("published", "published"),
                    ("went_back", "went back to an earlier update"),
                    ("letters", "decided on the letters that waited"),
                    ("settings", "changed the settings"),
                    ("deadline", "decided on the deadline"),
                    ("paused", "paused the campaign"),
                    ("resumed", "resumed the campaign"),
                    ("stopped", "stopped the campaign"),
                    ("closed", "closed the campaign"),
                    ("allowed", "let somebody into the campaign"),
                    ("disallowed", "took somebody out of the campaign"),
                    ("roles", "changed somebody’s roles"),
                    ("booked", "put an office into the book"),
                    ("proposed", "asked for a change of an office"),
                    ("refused", "did not approve the change of an office"),
                    ("changed", "changed an office in the book"),
                    ("sets", "changed a set of offices"),
                    ("retired", "retired an office of the book"),
                    ("brought_back", "brought an office of the book back"),
                ],
                max_length=12,
            ),
        ),
        migrations.RunPython(tie, nothing),
        migrations.RunPython(say_which_way, nothing),
        migrations.RunPython(halt_in_every_mode, nothing),
        migrations.RunPython(recall, nothing),
    ]
