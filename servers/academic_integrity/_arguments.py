"""The arguments that several tools of this server take."""

from typing import Annotated

from pydantic import Field

from scribetree.servers.kit import Essay
from scribetree.tools import integrity

__all__ = ["AssignmentText", "DeclaredUses", "EarlierWriting", "LogText", "Minutes", "Percent", "Share"]

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Minutes = Annotated[float, Field(ge=0, le=100_000)]
LogText = Annotated[
    str, Field(max_length=200_000, description="The text that the writing log ends with, to see that it is this one.")
]
EarlierWriting = Annotated[
    list[Essay], Field(max_length=5, description="Earlier texts by the same student, on whatever topic.")
]
DeclaredUses = Annotated[list[integrity.AiUse], Field(max_length=9)]
AssignmentText = Annotated[str, Field(max_length=20_000, description="The assignment; its words do not count.")]
