"""The tables of what is told about groups: numbers 40 to 49 of migrations.py, in its own form."""

__all__ = ["GROUPS"]

GROUPS: tuple[tuple[int, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        40,
        "budgets",
        (
            """CREATE TABLE budgets (
                tenant TEXT NOT NULL, account TEXT NOT NULL, term TEXT NOT NULL, kind TEXT NOT NULL,
                spent BIGINT NOT NULL, cap BIGINT NOT NULL,
                PRIMARY KEY (tenant, account, term))""",
            """CREATE TABLE budget_releases (
                tenant TEXT NOT NULL, question TEXT NOT NULL, term TEXT NOT NULL, account TEXT NOT NULL,
                epsilon BIGINT NOT NULL, released_at {real} NOT NULL, sealed {bytes} NOT NULL,
                PRIMARY KEY (tenant, question))""",
            "CREATE INDEX budget_releases_by_account ON budget_releases (tenant, account, term)",
            """CREATE TABLE budget_groups (
                tenant TEXT NOT NULL, group_id TEXT NOT NULL, member TEXT NOT NULL, term TEXT NOT NULL,
                size BIGINT NOT NULL,
                PRIMARY KEY (tenant, group_id, member))""",
            "CREATE INDEX budget_groups_by_member ON budget_groups (tenant, member, term)",
        ),
        ("budgets", "budget_releases", "budget_groups"),
    ),
)
