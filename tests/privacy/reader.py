"""A process that reads about s-1 until it is denied: for tests of what seven processes see."""

import sys
import time
from pathlib import Path

from scribetree.clock import SystemClock
from scribetree.errors import Denied, Unavailable
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings


def main() -> None:
    """One line when the first read was shown; then when the last shown one began and the first was denied."""
    home, teacher = Path(sys.argv[1]), PrivacyContext("t-1", "educator", "feedback", "correlation-1")
    office = PrivacyOffice.open(Settings(home=home), clock=SystemClock())
    last, shown = 0.0, 0
    while True:
        began = time.monotonic()
        try:
            office.guard.read(teacher, "s-1", "draft", ("text",))
        except Unavailable:
            continue
        except Denied:
            break
        last, shown = began, shown + 1
        if shown == 1:
            sys.stdout.write("reading\n")
            sys.stdout.flush()
    sys.stdout.write(f"{last} {shown}\n")
    office.close()


if __name__ == "__main__":
    main()
