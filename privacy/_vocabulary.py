"""
What a student can choose, whom each choice is about, and what it is called in the W3C Data Privacy Vocabulary.

Four groups hold twelve settings; the values of each stand in order, the most private first. A reader is
given data for a purpose only if the settings that `NEEDS` names for the two are on; a pair that is not
there is not allowed at all. IRIs are those of DPV 2.2 (https://w3id.org/dpv/2.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.privacy.context import Purpose, RequesterType
from scribetree.shapes import as_object

__all__ = [
    "AUDIENCE_OF",
    "DPV_OF_PURPOSE",
    "DPV_OF_STATUS",
    "GUARDIAN_METHODS",
    "NEEDS",
    "SETTINGS",
    "Audience",
    "Setting",
    "Value",
    "as_groups",
    "flattened",
    "warnings_about",
]

Value = bool | str

Audience = Literal["student", "teacher", "parent", "peer", "platform", "researcher", "administrator"]
"""Who is given the data."""

AUDIENCE_OF: Mapping[RequesterType, Audience] = {
    "student": "student",
    "educator": "teacher",
    "administrator": "administrator",
    "researcher": "researcher",
    "system": "platform",
}

_DPV = "https://w3id.org/dpv#"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to choose; `values` go from the most private to the widest."""

    name: str
    default: Value
    values: tuple[Value, ...]
    dpv: str

    def is_wider(self, value: Value) -> bool:
        """Whether `value` gives away more than the default, so that it needs an explicit consent."""
        return self.values.index(value) > self.values.index(self.default)


def _switch(name: str, *, on: bool, dpv: str) -> Setting:
    return Setting(name, on, (False, True), _DPV + dpv)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        _switch("educational_sharing.teacher", on=True, dpv="RequestedServiceProvision"),
        _switch("educational_sharing.peer", on=False, dpv="ServiceProvision"),
        _switch("educational_sharing.parent", on=False, dpv="CommunicationManagement"),
        _switch("platform_improvement.anonymous_patterns", on=True, dpv="ImproveExistingProductsAndServices"),
        _switch("platform_improvement.feature_analytics", on=False, dpv="ServiceUsageAnalytics"),
        _switch("platform_improvement.research", on=False, dpv="AcademicResearch"),
        _switch("personal_benefits.enhanced_analytics", on=False, dpv="ServicePersonalisation"),
        _switch("personal_benefits.portfolio", on=False, dpv="PersonalisedBenefits"),
        _switch("personal_benefits.career_guidance", on=False, dpv="ProvidePersonalisedRecommendations"),
        Setting(
            "privacy_controls.retention_period",
            "1_year",
            ("30_days", "3_months", "6_months", "1_year", "2_years"),
            _DPV + "RecordManagement",
        ),
        Setting(
            "privacy_controls.sensitive_content",
            "blur",
            ("exclude", "blur", "show"),
            _DPV + "ServicePersonalisation",
        ),
        Setting(
            "privacy_controls.third_party",
            "none",
            ("none", "educational"),
            _DPV + "ServiceProvision",
        ),
    )
}

_TEACHER = ("educational_sharing.teacher",)
_PATTERNS = ("platform_improvement.anonymous_patterns",)

NEEDS: Mapping[tuple[Audience, Purpose], tuple[str, ...]] = {
    # One's own data need nobody's leave.
    ("student", "learning"): (),
    ("student", "assessment"): (),
    ("student", "feedback"): (),
    ("student", "improvement"): (),
    ("student", "support"): (),
    ("teacher", "learning"): _TEACHER,
    ("teacher", "assessment"): _TEACHER,
    ("teacher", "feedback"): _TEACHER,
    ("teacher", "improvement"): _TEACHER,
    ("teacher", "support"): _TEACHER,
    ("teacher", "integrity"): _TEACHER,
    ("teacher", "analytics"): _TEACHER + _PATTERNS,
    ("parent", "learning"): ("educational_sharing.parent",),
    ("parent", "feedback"): ("educational_sharing.parent",),
    ("parent", "support"): ("educational_sharing.parent",),
    ("peer", "learning"): ("educational_sharing.peer",),
    ("peer", "feedback"): ("educational_sharing.peer",),
    # A workflow acts for the school, so it needs what a teacher needs; the platform's own aims need more.
    ("platform", "learning"): _TEACHER,
    ("platform", "assessment"): _TEACHER,
    ("platform", "feedback"): _TEACHER,
    ("platform", "support"): _TEACHER,
    ("platform", "analytics"): _PATTERNS,
    ("platform", "improvement"): ("platform_improvement.anonymous_patterns", "platform_improvement.feature_analytics"),
    ("researcher", "research"): ("platform_improvement.research",),
    # A duty of the school, which consent neither gives nor takes.
    ("administrator", "assessment"): (),
    ("administrator", "support"): (),
    ("administrator", "integrity"): (),
    ("administrator", "analytics"): _PATTERNS,
}

DPV_OF_PURPOSE: Mapping[Purpose, str] = {
    "learning": _DPV + "RequestedServiceProvision",
    "assessment": _DPV + "ServiceProvision",
    "feedback": _DPV + "ServicePersonalisation",
    "improvement": _DPV + "ImproveExistingProductsAndServices",
    "support": _DPV + "PersonalisedBenefits",
    "integrity": _DPV + "MisusePreventionAndDetection",
    "analytics": _DPV + "ServiceUsageAnalytics",
    "research": _DPV + "AcademicResearch",
}

DPV_OF_STATUS: Mapping[str, str] = {
    "given": _DPV + "ConsentGiven",
    "renewed": _DPV + "RenewedConsentGiven",
    "refused": _DPV + "ConsentRefused",
    "withdrawn": _DPV + "ConsentWithdrawn",
    "revoked": _DPV + "ConsentRevoked",
    "expired": _DPV + "ConsentExpired",
    "unknown": _DPV + "ConsentUnknown",
}

# 16 CFR 312.5(b) as amended in 2025, and the school in the parents' place, for education only.
GUARDIAN_METHODS: frozenset[str] = frozenset(
    {
        "signed_form",
        "card_transaction",
        "telephone",
        "video_call",
        "government_id",
        "knowledge_based",
        "face_match",
        "text_plus",
        "email_plus",
        "school_authorised",
    }
)


def flattened(choices: Mapping[str, object]) -> dict[str, Value]:
    """The chosen values by full name, from groups (`{"educational_sharing": {"peer": true}}`) or full names."""
    flat: dict[str, Value] = {}
    for name, value in choices.items():
        group = as_object(value)
        for full, chosen in ((f"{name}.{key}", each) for key, each in group.items()) if group else ((name, value),):
            flat[full] = _checked(full, chosen)
    return flat


def as_groups(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """The same values in their four groups."""
    groups: dict[str, dict[str, Value]] = {}
    for full, value in values.items():
        group, _, name = full.partition(".")
        groups.setdefault(group, {})[name] = value
    return groups


def warnings_about(values: Mapping[str, Value]) -> tuple[str, ...]:
    """What does not go together among `values`; nothing is refused for it."""
    found: list[str] = []
    if values["personal_benefits.enhanced_analytics"] and not values["platform_improvement.feature_analytics"]:
        found.append(
            "personal_benefits.enhanced_analytics has no effect without platform_improvement.feature_analytics."
        )
    if values["personal_benefits.career_guidance"] and not values["platform_improvement.anonymous_patterns"]:
        found.append("personal_benefits.career_guidance works better with platform_improvement.anonymous_patterns.")
    if values["personal_benefits.portfolio"] and values["privacy_controls.third_party"] == "none":
        found.append(
            "personal_benefits.portfolio can be shown to nobody outside while privacy_controls.third_party is none."
        )
    return tuple(found)


def _checked(name: str, value: object) -> Value:
    setting = SETTINGS.get(name)
    if setting is None:
        near = get_close_matches(name, SETTINGS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(SETTINGS)}."
        raise InvalidInput("One of the choices is not a setting that is known here.", hint=hint)
    for allowed in setting.values:
        if value is allowed or (isinstance(allowed, str) and value == allowed):
            return allowed
    raise InvalidInput(
        f"{name} does not have that value; nothing was changed.",
        hint=f"Use one of: {', '.join(str(each).lower() for each in setting.values)}.",
    )
