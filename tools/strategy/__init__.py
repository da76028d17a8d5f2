"""Strategy work that computes: guided conversations, the health of goals, and intervals around a trend."""

from scribetree.tools.strategy._forecast import Forecast, ForecastPoint, confidence_intervals
from scribetree.tools.strategy._health import GoalHealth, GoalSignals, goal_health
from scribetree.tools.strategy._templates import Section, Template, TemplateSummary, list_templates, template

__all__ = [
    "Forecast",
    "ForecastPoint",
    "GoalHealth",
    "GoalSignals",
    "Section",
    "Template",
    "TemplateSummary",
    "confidence_intervals",
    "goal_health",
    "list_templates",
    "template",
]
