"""A connection to Redis by its URL; needs the extra `redis`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from scribetree.errors import ConfigError

__all__ = ["redis_at"]

_CONNECT_LIMIT_S = 0.5


@asynccontextmanager
async def redis_at(url: str) -> AsyncGenerator[Any]:
    """A redis.asyncio.Redis for the length of the block; nothing is sent before it is used."""
    try:
        from redis.asyncio import Redis  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "SCRIBETREE_REDIS_URL is set, and the package redis is not installed.",
            hint="Install scribetree[redis], or unset the variable.",
        ) from None
    try:
        client: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
            url, socket_connect_timeout=_CONNECT_LIMIT_S
        )
    except ValueError:
        raise ConfigError("SCRIBETREE_REDIS_URL is no URL of Redis.", hint="Write redis://HOST:PORT/0.") from None
    try:
        yield client
    finally:
        await client.aclose()
