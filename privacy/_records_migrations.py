"""The tables of records, consent, access and rights: numbers 10 to 29 of migrations.py, in its own form."""

__all__ = ["RECORDS"]

RECORDS: tuple[tuple[int, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        10,
        "records",
        (
            """CREATE TABLE records (
                tenant TEXT NOT NULL, kind TEXT NOT NULL, record_id TEXT NOT NULL, subject TEXT NOT NULL,
                owner TEXT, course TEXT, created_at {real} NOT NULL, changed_at {real} NOT NULL, due_at {real},
                PRIMARY KEY (tenant, kind, record_id))""",
            "CREATE INDEX records_by_subject ON records (tenant, subject, kind, created_at)",
            "CREATE INDEX records_by_owner ON records (tenant, owner, kind, due_at)",
            "CREATE INDEX records_by_age ON records (tenant, kind, created_at)",
            """CREATE TABLE record_fields (
                tenant TEXT NOT NULL, kind TEXT NOT NULL, record_id TEXT NOT NULL, field TEXT NOT NULL,
                sealed {bytes} NOT NULL,
                PRIMARY KEY (tenant, kind, record_id, field))""",
        ),
        ("records", "record_fields"),
    ),
    (
        11,
        "consent",
        (
            """CREATE TABLE consent_epochs (
                tenant TEXT NOT NULL, subject TEXT NOT NULL, epoch BIGINT NOT NULL, is_erased INTEGER NOT NULL,
                PRIMARY KEY (tenant, subject))""",
            """CREATE TABLE consent_events (
                tenant TEXT NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL,
                at {real} NOT NULL, sealed {bytes} NOT NULL,
                PRIMARY KEY (tenant, subject, version))""",
        ),
        ("consent_epochs", "consent_events"),
    ),
    (
        12,
        "access",
        (
            """CREATE TABLE teaching (
                tenant TEXT NOT NULL, educator TEXT NOT NULL, student TEXT NOT NULL, course TEXT NOT NULL,
                begins_at {real} NOT NULL, ends_at {real},
                PRIMARY KEY (tenant, educator, student, course))""",
            "CREATE INDEX teaching_by_student ON teaching (tenant, student)",
            """CREATE TABLE access_tokens (
                tenant TEXT NOT NULL, token_hash TEXT NOT NULL, requester TEXT NOT NULL, subject TEXT NOT NULL,
                purpose TEXT NOT NULL, kinds TEXT NOT NULL, epoch BIGINT NOT NULL,
                issued_at {real} NOT NULL, used_at {real} NOT NULL, expires_at {real} NOT NULL,
                PRIMARY KEY (tenant, token_hash))""",
            "CREATE INDEX access_tokens_by_subject ON access_tokens (tenant, subject)",
        ),
        ("teaching", "access_tokens"),
    ),
    (
        13,
        "rights",
        (
            """CREATE TABLE erasures (
                tenant TEXT NOT NULL, erasure_id TEXT NOT NULL, subject TEXT NOT NULL, asked_at {real} NOT NULL,
                done TEXT NOT NULL, counts TEXT NOT NULL, receipt TEXT,
                PRIMARY KEY (tenant, erasure_id))""",
            """CREATE TABLE legal_holds (
                tenant TEXT NOT NULL, hold_id TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
                placed_at {real} NOT NULL, lifted_at {real},
                PRIMARY KEY (tenant, hold_id))""",
            "CREATE INDEX legal_holds_by_subject ON legal_holds (tenant, subject)",
            """CREATE TABLE rights_requests (
                tenant TEXT NOT NULL, request_id TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL,
                law TEXT NOT NULL, asked_at {real} NOT NULL, due_at {real} NOT NULL, closed_at {real},
                PRIMARY KEY (tenant, request_id))""",
            """CREATE TABLE retention_sweeps (
                tenant TEXT NOT NULL, at {real} NOT NULL, deleted INTEGER NOT NULL, held INTEGER NOT NULL,
                PRIMARY KEY (tenant, at))""",
        ),
        ("erasures", "legal_holds", "rights_requests", "retention_sweeps"),
    ),
    (
        20,
        "deliveries",
        (
            """CREATE TABLE deliveries (
                tenant TEXT NOT NULL, delivery_id TEXT NOT NULL, owner TEXT NOT NULL, sealed {bytes} NOT NULL,
                kind TEXT NOT NULL, record_id TEXT NOT NULL, channel TEXT NOT NULL, cause TEXT NOT NULL,
                state TEXT NOT NULL, attempts INTEGER NOT NULL, added_at {real} NOT NULL, due_at {real} NOT NULL,
                batch_id TEXT, claimed_until {real}, sent_at {real}, acknowledged_at {real}, response TEXT,
                escalate_at {real},
                PRIMARY KEY (tenant, delivery_id))""",
            "CREATE INDEX deliveries_by_state ON deliveries (tenant, state, due_at)",
            "CREATE INDEX deliveries_by_owner ON deliveries (tenant, owner, channel, due_at)",
            "CREATE INDEX deliveries_by_record ON deliveries (tenant, record_id)",
        ),
        ("deliveries",),
    ),
)
