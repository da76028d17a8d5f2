"""What a server is good for: a name that scripts look up, and the tool that does it; what leans on what."""

__all__ = ["CAPABILITIES", "DEPENDENCIES", "capabilities_of"]

CAPABILITIES = {
    "writing-pattern-analysis": "analyze_writing_patterns",
    "reflection-quality-evaluation": "evaluate_reflection_quality",
    "writing-progress-tracking": "track_writing_progress",
    "writing-insights-generation": "generate_writing_insights",
    "content-sensitivity-classification": "classify_content_sensitivity",
    "educational-purpose-validation": "validate_educational_purpose",
    "ai-boundary-application": "apply_ai_boundaries",
    "writing-data-audit": "audit_writing_data_access",
    "student-profile-building": "build_student_profile",
    "learning-trajectory-tracking": "track_learning_trajectory",
    "skill-development-assessment": "assess_skill_development",
    "personalized-recommendations": "generate_personalized_recommendations",
    "privacy-choice-management": "manage_student_privacy_choices",
    "privacy-preserving-analytics": "generate_privacy_preserving_analytics",
    "data-access-validation": "validate_data_access_requests",
    "privacy-dashboard-creation": "create_student_privacy_dashboard",
    "educator-alert-creation": "send_educator_alerts",
    "educator-alert-listing": "list_alerts",
    "educator-alert-management": "acknowledge_alert",
    "intervention-tracking": "track_intervention_effectiveness",
    "ai-assistance-detection": "detect_ai_assistance_levels",
    "integrity-analysis": "analyze_academic_integrity",
    "educational-validation": "validate_educational_ai_use",
    "integrity-reporting": "generate_integrity_reports",
    "bounded-enhancement-validation": "validate_bounded_enhancement",
    "blooms-taxonomy-analysis": "assess_blooms_taxonomy",
    "philosophy-enforcement": "enforce_philosophy_principles",
    "educational-rationale-generation": "generate_educational_rationale",
    "dependency-risk-detection": "check_dependency_risk",
    "reflection-requirement-validation": "validate_reflection_requirements",
    "cognitive-load-validation": "analyze_question_educational_value",
    "progressive-access-validation": "validate_progressive_access",
}
"""The tool that gives each capability; every tool's own name is a capability too."""

DEPENDENCIES = {
    "educator-alerts": ("writing-analysis", "student-profiling"),
    "academic-integrity": ("writing-analysis",),
}
"""Whose results a server's users usually bring to it; none calls another."""


def capabilities_of(tools: set[str]) -> list[str]:
    """The named capabilities that these tools give."""
    return [name for name, tool in CAPABILITIES.items() if tool in tools]
