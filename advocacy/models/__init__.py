"""The rows of advocacy, one module each."""

from advocacy.models.act import Act
from advocacy.models.approval import Approval
from advocacy.models.campaign import Campaign
from advocacy.models.changeover import ChangedLetter, Changeover
from advocacy.models.elsewhere import SentElsewhere, SpentSlip
from advocacy.models.letter import Letter
from advocacy.models.membership import Membership
from advocacy.models.office import Office, OfficeSet, SetEntry
from advocacy.models.office_change import OfficeChange
from advocacy.models.supporter import Supporter
from advocacy.models.target import Target
from advocacy.models.translation import Translation
from advocacy.models.update import Update

__all__ = [
    "Act",
    "Approval",
    "Campaign",
    "ChangedLetter",
    "Changeover",
    "Letter",
    "Membership",
    "Office",
    "OfficeChange",
    "OfficeSet",
    "SentElsewhere",
    "SetEntry",
    "SpentSlip",
    "Supporter",
    "Target",
    "Translation",
    "Update",
]
