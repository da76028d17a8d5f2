"""
Limits on how often one service may be asked, by each client and by all of them, fair between the clients.

    limiter = Limiter(client=Rate(100), service=Rate(1000))
    limiter.check(client)            # raises RateLimited, which says when to ask again: HTTP's 429 and Retry-After

Token buckets, kept as the one moment at which a bucket will be full again (the generic cell rate algorithm). While the
service's bucket is less than half full, a client may take no more than its equal share of the service's rate, so that
a greedy one cannot use up what the others need. A client is named by any string that says nothing about a person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

import anyio

from scribetree.clock import Clock, SystemClock
from scribetree.errors import CircuitOpen, RateLimited
from scribetree.resilience.breaker import Breaker

__all__ = ["Limiter", "LimiterStats", "Rate", "RedisLimiter", "Verdict"]

_ROUNDING_S = 1e-9
_MOST_CLIENTS = 100_000
_CROWD = "(others)"


@dataclass(frozen=True, slots=True)
class Rate:
    """`calls` in `per_s` seconds on average, at most `burst` at one moment (by default all of them)."""

    calls: float
    per_s: float = 60.0
    burst: float | None = None

    @property
    def interval_s(self) -> float:
        """The time in which one call is earned."""
        return self.per_s / self.calls

    @property
    def depth_s(self) -> float:
        """The time in which a whole burst is earned."""
        return self.interval_s * (self.calls if self.burst is None else self.burst)


class Verdict(NamedTuple):
    """Whether a call may be made, and if not, after how many seconds it may."""

    allowed: bool
    retry_after_s: float


class LimiterStats(NamedTuple):
    """How many calls were let through and refused, and how many clients are known."""

    allowed: int
    refused: int
    clients: int


_ALLOWED = Verdict(allowed=True, retry_after_s=0.0)
DEFAULT_CLIENT = Rate(100)
DEFAULT_SERVICE = Rate(1000)


class Limiter:
    """The limits of one service in this process; not for use from several threads."""

    def __init__(
        self,
        *,
        client: Rate = DEFAULT_CLIENT,
        service: Rate = DEFAULT_SERVICE,
        clock: Clock | None = None,
        most_clients: int = _MOST_CLIENTS,
    ) -> None:
        self._monotonic: Callable[[], float] = (clock or SystemClock()).monotonic
        self._client_interval, self._client_depth = client.interval_s, client.depth_s + _ROUNDING_S
        self._interval, self._depth = service.interval_s, service.depth_s + _ROUNDING_S
        self._half = self._depth / 2
        self._most_clients = most_clients
        self._full_at = 0.0
        self._clients_full_at: dict[str, float] = {}
        self._shares_full_at: dict[str, float] = {}
        self._sweep_at = 0.0
        self._allowed = self._refused = 0

    def take(self, client: str) -> Verdict:
        """One call of `client`, counted if it may be made; a refused one costs nothing."""
        now = self._monotonic()
        if now >= self._sweep_at:
            self._sweep(now)
        clients, shares = self._clients_full_at, self._shares_full_at
        # Written out rather than with max(): this is the whole cost of a decision.
        mine = clients.get(client)
        if mine is None and len(clients) >= self._most_clients:
            client = _CROWD
            mine = clients.get(client)
        mine = (now if mine is None or mine < now else mine) + self._client_interval
        whole = (self._full_at if self._full_at > now else now) + self._interval  # noqa: FURB136
        share = shares.get(client, now)
        share = (share if share > now else now) + self._interval * (len(shares) or 1)  # noqa: FURB136
        wait = mine - now - self._client_depth
        if whole - now > self._half:
            # In a rush, whoever is ahead of an equal share waits until the lead has shrunk, or the rush is over.
            wait = max(wait, whole - now - self._depth, min(share, whole) - now - self._half)
        if wait > 0:
            self._refused += 1
            return Verdict(False, wait)
        clients[client] = mine
        shares[client] = share
        self._full_at = whole
        self._allowed += 1
        return _ALLOWED

    def check(self, client: str) -> None:
        """Nothing happens if `client` may call now; else RateLimited says when it may."""
        raise_if_refused(self.take(client))

    def stats(self) -> LimiterStats:
        """The figures so far."""
        return LimiterStats(self._allowed, self._refused, len(self._clients_full_at))

    def _sweep(self, now: float) -> None:
        """Clients whose buckets are full are forgotten, which changes nothing for them."""
        self._clients_full_at = {name: full for name, full in self._clients_full_at.items() if full > now}
        self._shares_full_at = {name: full for name, full in self._shares_full_at.items() if full > now}
        self._sweep_at = now + self._depth / 4


def raise_if_refused(verdict: Verdict) -> None:
    """Nothing happens for a call that may be made; else RateLimited is raised."""
    if not verdict.allowed:
        raise RateLimited(
            "This caller asked too often.",
            hint=f"Ask again in {ceil(verdict.retry_after_s)} s.",
            retry_after_s=verdict.retry_after_s,
        )


# The same arithmetic as Limiter.take, in one script, so that no other host comes between reading and writing.
_SCRIPT = """
local now = tonumber(ARGV[6])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1e6
end
local client, ci, cd, si, sd = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local half = sd / 2
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local active = math.max(redis.call('ZCARD', KEYS[3]), 1)
local mine = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + ci
local whole = math.max(tonumber(redis.call('GET', KEYS[2]) or now), now) + si
local share = math.max(tonumber(redis.call('ZSCORE', KEYS[3], client) or now), now) + si * active
local wait = math.max(mine - cd, whole - sd) - now
if whole - now > half then
  wait = math.max(wait, math.min(share - half, whole - half) - now)
end
if wait > 0 then
  return string.format('%.6f', wait)
end
redis.call('SET', KEYS[1], string.format('%.6f', mine), 'PX', math.ceil((mine - now) * 1000) + 1)
redis.call('SET', KEYS[2], string.format('%.6f', whole), 'PX', math.ceil((whole - now) * 1000) + 1)
redis.call('ZADD', KEYS[3], string.format('%.6f', share), client)
redis.call('PEXPIRE', KEYS[3], math.ceil(math.max(sd, share - now) * 1000) + 1)
return '0'
"""
_REDIS_LIMIT_S = 0.25
"""A limiter that keeps a call waiting longer than this does more harm than the calls it would refuse."""

_SCRIPT_ROUNDING_S = 1e-5
"""Redis keeps the moments to the microsecond."""


class RedisLimiter:
    """
    The limits of one service, shared by all hosts on one Redis.

    Time is Redis's own unless a clock is given. While Redis is away each host limits for itself, and asks Redis again
    when its circuit allows.
    """

    def __init__(
        self,
        redis: Any,  # noqa: ANN401 - a redis.asyncio.Redis, which is an extra
        *,
        service_name: str,
        client: Rate = DEFAULT_CLIENT,
        service: Rate = DEFAULT_SERVICE,
        clock: Clock | None = None,
    ) -> None:
        self._script = redis.register_script(_SCRIPT)
        self._prefix = f"scribetree:limit:{{{service_name}}}"
        self._client, self._service = client, service
        self._clock = clock
        self._alone = Limiter(client=client, service=service, clock=clock)
        self._outages = _connection_errors()
        self._breaker = Breaker(name="Redis", clock=clock)

    async def take(self, client: str) -> Verdict:
        """One call of `client`, counted if it may be made; a refused one costs nothing."""
        keys = [f"{self._prefix}:client:{client}", f"{self._prefix}:service", f"{self._prefix}:shares"]
        arguments = [
            client,
            self._client.interval_s,
            self._client.depth_s + _SCRIPT_ROUNDING_S,
            self._service.interval_s,
            self._service.depth_s + _SCRIPT_ROUNDING_S,
            self._clock.monotonic() if self._clock else -1,
        ]
        try:
            with self._breaker.attempt(is_fault=lambda _: True), anyio.fail_after(_REDIS_LIMIT_S):
                wait = float(await self._script(keys=keys, args=arguments))
        except self._outages:
            return self._alone.take(client)
        return Verdict(allowed=False, retry_after_s=wait) if wait else _ALLOWED

    async def check(self, client: str) -> None:
        """Nothing happens if `client` may call now; else RateLimited says when it may."""
        raise_if_refused(await self.take(client))


def _connection_errors() -> tuple[type[Exception], ...]:
    from redis.exceptions import RedisError  # noqa: PLC0415 - an extra

    return (RedisError, OSError, CircuitOpen)
