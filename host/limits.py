"""
How often and how much at once each server may be asked.

How often is counted for each client that comes over HTTP, in this process or on a Redis that several hosts share. A
process that was started for one person (the command line, stdio) is not counted: it would only limit itself. How much
at once holds for everybody.
"""

from typing import Any

from scribetree.clock import Clock
from scribetree.host.options import LimitOptions, load_options
from scribetree.resilience import Bulkhead, Limiter, Rate, RedisLimiter
from scribetree.settings import Settings

__all__ = ["Limits", "limiter_in_force"]


class Limits:
    """The limits of all servers; `adopt` changes them for the calls that come next."""

    def __init__(self, *, clock: Clock, redis: Any = None) -> None:  # noqa: ANN401 - a redis.asyncio.Redis, an extra
        self._clock = clock
        self._redis = redis
        self._options = LimitOptions()
        self._limiters: dict[str, Limiter | RedisLimiter] = {}
        self._places: dict[str, Bulkhead] = {}

    def adopt(self, options: LimitOptions) -> None:
        """Calls are limited as `options` say from now on; those that are running go on."""
        if options != self._options:
            self._options = options
            self._limiters, self._places = {}, {}

    async def check(self, server: str, client: str) -> None:
        """Nothing happens if `client` may ask `server` now; else RateLimited says when it may."""
        limiter = self._limiters.get(server)
        if limiter is None:
            limiter = self._limiters[server] = self._limiter(server)
        if isinstance(limiter, Limiter):
            limiter.check(client)
        else:
            await limiter.check(client)

    def places(self, server: str) -> Bulkhead:
        """The places for calls to `server`."""
        if server not in self._places:
            options = self._options
            self._places[server] = Bulkhead(places=options.at_once, queue=options.waiting, wait_s=options.wait_s)
        return self._places[server]

    def as_json(self) -> dict[str, Any]:
        """For each server that was asked: who runs, waits and was turned away."""
        limiters = {name: limiter.stats() for name, limiter in self._limiters.items() if isinstance(limiter, Limiter)}
        return {
            name: {
                "running": stats.running,
                "waiting": stats.waiting,
                "overloaded": stats.rejected,
                "rate_limited": limiters[name].refused if name in limiters else None,
            }
            for name, stats in ((name, places.stats()) for name, places in sorted(self._places.items()))
        }

    def _limiter(self, server: str) -> Limiter | RedisLimiter:
        if self._redis is None:
            return Limiter(**_rates(self._options), clock=self._clock)
        return RedisLimiter(self._redis, service_name=server, **_rates(self._options))


def limiter_in_force() -> Limiter:
    """What the options say now, for one server that serves by itself."""
    return Limiter(**_rates(load_options(Settings.from_environment()).limits))


def _rates(options: LimitOptions) -> dict[str, Any]:
    return {"client": Rate(options.client_per_minute), "service": Rate(options.service_per_minute)}
