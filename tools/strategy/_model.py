"""
What a plan is made of: conversations and what came out of them, goals, milestones, sessions, reviews, reports.

Everything is a value; what changed and when is the store's to keep. `Plan` is one moment of the whole, and every
computation of this package is a function of it and of a date.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

__all__ = [
    "Action",
    "Category",
    "Competitor",
    "Context",
    "Contribution",
    "ContributionType",
    "Conversation",
    "ConversationStatus",
    "ConversationType",
    "Decision",
    "DecisionStatus",
    "Effort",
    "Fact",
    "Goal",
    "GoalCategory",
    "GoalMilestone",
    "GoalStatus",
    "Impact",
    "Insight",
    "MarketSize",
    "MarketTiming",
    "Metric",
    "MetricType",
    "Milestone",
    "MilestoneCategory",
    "Participant",
    "Plan",
    "Reading",
    "Report",
    "ReportType",
    "Review",
    "Role",
    "Session",
    "SessionType",
    "Trigger",
    "TriggerType",
]

ConversationType = Literal[
    "market-analysis",
    "product-roadmap",
    "competitive-strategy",
    "monetization",
    "go-to-market",
    "technical-milestone-review",
    "business-goal-assessment",
]
Category = Literal[
    "competitive-advantage",
    "market-opportunity",
    "technical-capability",
    "business-model",
    "risk-mitigation",
    "resource-optimization",
]
Impact = Literal["critical", "high", "medium", "low"]
ConversationStatus = Literal["draft", "active", "completed", "archived"]
DecisionStatus = Literal["pending", "approved", "implemented", "reviewed"]
GoalCategory = Literal["revenue", "product", "market", "technical", "operational"]
GoalStatus = Literal["planning", "active", "blocked", "completed", "paused"]
MetricType = Literal["revenue", "growth", "efficiency", "quality", "satisfaction"]
MilestoneCategory = Literal["architecture", "feature", "performance", "security", "integration", "infrastructure"]
SessionType = Literal["planning", "review", "brainstorming", "decision-making"]
Role = Literal["strategist", "technical-lead", "product-owner", "stakeholder", "advisor"]
ContributionType = Literal["insight", "question", "suggestion", "concern", "data"]
TriggerType = Literal["milestone-based", "time-based", "metric-based", "event-based", "threshold-based"]
ReportType = Literal[
    "executive-summary", "detailed-analysis", "board-presentation", "investor-update", "team-dashboard"
]
MarketTiming = Literal["early", "competitive", "late", "critical"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A strategy talk; what came out of it names it by its id."""

    id: str
    type: ConversationType
    title: str
    started_on: date
    context: str = ""
    participants: tuple[str, ...] = ()
    status: ConversationStatus = "active"
    summary: str = ""
    key_questions: tuple[str, ...] = ()
    template_id: str | None = None
    based_on: tuple[str, ...] = ()
    """Insights that it began with."""


@dataclass(frozen=True, slots=True)
class Insight:
    """Something learnt. Reach (people a quarter), certainty (percent) and effort (person-weeks) let it be ranked."""

    id: str
    text: str
    category: Category
    impact: Impact
    noted_on: date
    conversation_id: str | None = None
    evidence: tuple[str, ...] = ()
    actionable: bool = False
    linked: tuple[str, ...] = ()
    source: str = ""
    relevance: float | None = None
    reach: float | None = None
    certainty: float | None = None
    effort_weeks: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, why, against what, and when to look at it again."""

    id: str
    decision: str
    rationale: str
    decided_on: date
    conversation_id: str | None = None
    session_id: str | None = None
    owner: str = ""
    tradeoffs: tuple[str, ...] = ()
    review_triggers: tuple[str, ...] = ()
    timeline: str = ""
    deadline: date | None = None
    success_criteria: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    status: DecisionStatus = "pending"


@dataclass(frozen=True, slots=True)
class Action:
    """Something that somebody does by a day."""

    id: str
    description: str
    owner: str
    due: date
    priority: Impact
    conversation_id: str | None = None
    linked_goals: tuple[str, ...] = ()
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric's value on a day, and where it came from."""

    on: date
    value: float
    source: str = "entered"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that a goal moves from `start` to `target`; without a start it counts from nought."""

    name: str
    type: MetricType
    target: float
    unit: str
    due: date
    start: float | None = None
    readings: tuple[Reading, ...] = ()

    @property
    def current(self) -> float | None:
        """The newest value, if one was ever entered."""
        return max(self.readings, key=lambda reading: reading.on).value if self.readings else None

    @property
    def progress(self) -> float | None:
        """How much of the way is done, in percent from 0 to 100; None without a reading."""
        current, start = self.current, self.start or 0.0
        if current is None:
            return None
        if self.target == start:
            return 100.0 if current == self.target else 0.0
        return max(0.0, min(100.0, 100 * (current - start) / (self.target - start)))


@dataclass(frozen=True, slots=True)
class GoalMilestone:
    """A stage of a goal."""

    id: str
    title: str
    target_date: date
    description: str = ""
    linked_work: tuple[str, ...] = ()
    """Technical milestones that it waits for."""
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to reach, its figures and its stages."""

    id: str
    category: GoalCategory
    title: str
    description: str
    owner: str
    created_on: date
    stakeholders: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    status: GoalStatus = "active"
    confidence: float | None = None
    metrics: tuple[Metric, ...] = ()
    milestones: tuple[GoalMilestone, ...] = ()
    blockers: tuple[str, ...] = ()
    achievements: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    notes: str = ""

    @property
    def progress(self) -> float | None:
        """The mean progress of the metrics that were read, else of the stages; None where nothing tells."""
        read = [metric.progress for metric in self.metrics if metric.progress is not None]
        if read:
            return sum(read) / len(read)
        if self.milestones:
            return 100 * sum(stage.done_on is not None for stage in self.milestones) / len(self.milestones)
        return None


@dataclass(frozen=True, slots=True)
class Effort:
    """Person-days: the most likely, and the least and most that are thinkable."""

    likely: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Milestone:
    """Technical work with a date. Worth, urgency and risk removed are judged from 1 to 10."""

    id: str
    name: str
    description: str
    category: MilestoneCategory
    created_on: date
    planned_date: date
    effort: Effort
    complexity: int
    changes: tuple[str, ...] = ()
    performance_impact: str = ""
    architectural_impact: str = ""
    risks_mitigated: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    """Goals that it serves."""
    depends_on: tuple[str, ...] = ()
    market_timing: MarketTiming | None = None
    value: int | None = None
    urgency: int | None = None
    risk_reduction: int | None = None
    completion: float = 0.0
    blockers: tuple[str, ...] = ()
    achievements: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    estimated_date: date | None = None
    confidence: float | None = None
    started_on: date | None = None
    done_on: date | None = None
    business_note: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a session."""

    id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody said in a session."""

    participant_id: str
    type: ContributionType
    content: str
    on: date


@dataclass(frozen=True, slots=True)
class Session:
    """Several people at work on one question."""

    id: str
    title: str
    description: str
    type: SessionType
    participants: tuple[Participant, ...]
    moderator: str
    created_on: date
    template_id: str | None = None
    scheduled: date | None = None
    shared_context: str = ""
    status: Literal["open", "completed"] = "open"
    contributions: tuple[Contribution, ...] = ()
    key_decisions: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    follow_up: date | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """When the strategy is looked at again: `fact` compared with `value` (see `_triggers.FACTS`)."""

    id: str
    name: str
    type: TriggerType
    severity: Impact
    fact: str
    comparison: Literal["above", "at_least", "below", "at_most"]
    value: float
    enabled: bool = True
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A look back that a trigger asked for."""

    id: str
    trigger_id: str
    reason: str
    severity: Impact
    opened_on: date
    questions: tuple[str, ...] = ()
    status: Literal["pending", "completed"] = "pending"
    decisions: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was made."""

    id: str
    type: ReportType
    title: str
    period_start: date
    period_end: date
    created_on: date
    format: Literal["markdown", "html", "pdf", "json"]
    confidential: bool
    markdown: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement about the surroundings, and who says so."""

    statement: str
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Competitor:
    """Another offer, as far as it is known; every unknown stays empty."""

    name: str
    strengths: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    price: float | None = None
    share: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class MarketSize:
    """How many might take part, as a range somebody gave."""

    segment: str
    low: float
    high: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the plan is about."""

    id: str
    name: str
    description: str = ""
    stage: str = ""
    audience: str = ""
    team_size: float | None = None
    budget: float | None = None
    currency: str = ""
    horizon_months: int | None = None
    constraints: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    competitors: tuple[Competitor, ...] = ()
    markets: tuple[MarketSize, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One moment of everything that was entered, each kind by id in the order in which it was entered."""

    conversations: Mapping[str, Conversation] = field(default_factory=dict[str, Conversation])
    insights: Mapping[str, Insight] = field(default_factory=dict[str, Insight])
    decisions: Mapping[str, Decision] = field(default_factory=dict[str, Decision])
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    goals: Mapping[str, Goal] = field(default_factory=dict[str, Goal])
    milestones: Mapping[str, Milestone] = field(default_factory=dict[str, Milestone])
    sessions: Mapping[str, Session] = field(default_factory=dict[str, Session])
    triggers: Mapping[str, Trigger] = field(default_factory=dict[str, Trigger])
    reviews: Mapping[str, Review] = field(default_factory=dict[str, Review])
    reports: Mapping[str, Report] = field(default_factory=dict[str, Report])
    contexts: Mapping[str, Context] = field(default_factory=dict[str, Context])

    @cached_property
    def supporting(self) -> Mapping[str, tuple[str, ...]]:
        """For each goal that any milestone supports, these milestones."""
        found: dict[str, list[str]] = {}
        for milestone in self.milestones.values():
            for goal_id in milestone.supports:
                found.setdefault(goal_id, []).append(milestone.id)
        return {goal_id: tuple(names) for goal_id, names in found.items()}

    @property
    def context(self) -> Context | None:
        """The surroundings, if they were told."""
        return next(iter(self.contexts.values()), None)
