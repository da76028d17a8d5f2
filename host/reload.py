"""The options file, watched: a change is taken over whole, or refused whole, and nothing is dropped meanwhile."""

from collections.abc import Awaitable, Callable

from scribetree.errors import ConfigError
from scribetree.host.options import Options, load_options, options_file
from scribetree.log import log
from scribetree.settings import Settings

__all__ = ["changed_sections", "watch_options"]


TakeOver = Callable[[Options, list[str]], Awaitable[None]]
"""What is told of the new options, with the names of the sections that changed."""


async def watch_options(settings: Settings, options: Options, *, take_over: TakeOver) -> None:
    """Every fitting change of the file has been given to `take_over` until this task was cancelled."""
    from watchfiles import awatch  # noqa: PLC0415 # pyright: ignore[reportUnknownVariableType]

    path = options_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Editors replace a file instead of writing into it, so its folder is watched.
    async for _ in awatch(path.parent, watch_filter=lambda _, changed: changed == str(path), recursive=False):
        try:
            fresh = load_options(settings)
        except ConfigError as error:
            log.warning("options_refused", problem=error.message)
            continue
        if fresh != options:
            sections = changed_sections(options, fresh)
            log.info("options_changed", sections=sections)
            await take_over(fresh, sections)
            options = fresh


def changed_sections(before: Options, after: Options) -> list[str]:
    """The names of the sections and flags that differ, without what they say."""
    named = [name for name in Options.model_fields if name != "flags"]
    sections = [name for name in named if getattr(before, name) != getattr(after, name)]
    flags = sorted(name for name in {*before.flags, *after.flags} if before.flags.get(name) != after.flags.get(name))
    return sections + [f"flags.{name}" for name in flags]
