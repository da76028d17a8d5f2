"""A process that adds ten texts of one student to the index of a course."""

import sys
from pathlib import Path

from scribetree.privacy.context import PrivacyContext
from scribetree.servers.academic_integrity._texts import add_course_text
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings


def main(home: str, course: str, student: str) -> None:
    means = Wiring(settings=Settings(home=Path(home)))
    teacher = PrivacyContext("t-1", "educator", "integrity", "correlation-1")
    for number in range(9):
        add_course_text(
            student, course, f"Text {number} of {student} on harbours and lighthouses. " * 9, teacher, means
        )
    own = f"The own passage of {student} speaks of turbines, marmalade and violet owls. " * 3
    add_course_text(student, course, own, teacher, means)
    means.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
