"""`scribetree privacy keys`: a new epoch, and the end of old ones."""

import typer

from scribetree.host.commands._session import print_json
from scribetree.host.commands.audit import opened_log
from scribetree.privacy.audit import AuditEvent
from scribetree.privacy.context import UNNAMED
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.subject_keys import SubjectKeys

__all__ = ["rotate"]


def rotate(*, retire: bool, as_json: bool) -> int:
    """
    Every student's key is wrapped under a new epoch; with `retire` the old epochs' keys are destroyed.

    A run that was interrupted is finished by the next.
    """
    with opened_log() as opened:
        keys = SubjectKeys(opened.database, opened.ring, opened.clock)
        epoch = opened.ring.rotate(clock=opened.clock)
        rewrapped = keys.rewrap(epoch)
        old = [each.number for each in opened.ring.epochs if each.number != epoch]
        for number in old if retire else []:
            keys.retire(number)
        done = {"epoch": epoch, "rewrapped": rewrapped, "retired": len(old) if retire else 0}
        actor = pseudonym(opened.ring, UNNAMED, scope="audit")
        opened.log.append(AuditEvent("rotate_keys", "ok", "administrator", actor, detail=done))
    if as_json:
        print_json(done)
    else:
        kept = "destroyed" if retire else "kept, for what older backups hold"
        typer.echo(f"epoch {epoch}; {rewrapped} keys wrapped anew; {len(old)} old epochs {kept}")
    return 0
