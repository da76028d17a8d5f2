"""
A scan of the installation: what a machine can see of whether student data are kept as promised and as laws ask.

It never says that an installation obeys a law. It says which checks passed, which rules of which laws these stand for,
and what is left for whom.
"""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scribetree.privacy._checks import Check, checked
from scribetree.privacy.regulations import RuleAnswer, answered
from scribetree.settings import Settings

if TYPE_CHECKING:
    from scribetree.privacy.office import PrivacyOffice

__all__ = ["Check", "ScanReport", "scan"]


@dataclass(frozen=True, slots=True)
class ScanReport:
    """All checks, and what they say of each rule."""

    checks: tuple[Check, ...]
    rules: tuple[RuleAnswer, ...]

    @property
    def all_passed(self) -> bool:
        """Whether no check found anything."""
        return all(check.passed is not False for check in self.checks)

    @property
    def summary(self) -> str:
        """The one sentence that a scan may say."""
        passed = sum(check.passed is True for check in self.checks)
        answers = Counter(each.answer for each in self.rules)
        left = sum(bool(each.rule.left) for each in self.rules)
        return (
            f"{passed} of {len(self.checks)} technical checks passed; of {len(self.rules)} rules "
            f"{answers['met']} are met as far as they see, {answers['not met']} are not, "
            f"{answers['cannot be checked here']} cannot be checked here; {left} leave something to people."
        )


def scan(office: "PrivacyOffice", settings: Settings) -> ScanReport:
    """The report on the installation as it is now."""
    checks = checked(office, settings)
    return ScanReport(checks, answered(checks))
