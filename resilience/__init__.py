"""Time, failure and load; each part is usable alone, and is held to its laws on a clock that a test moves."""

from scribetree.resilience.batch import Batcher, SingleFlight
from scribetree.resilience.breaker import Breaker, BreakerPolicy, BreakerStats
from scribetree.resilience.bulkhead import Bulkhead, BulkheadStats
from scribetree.resilience.cache import Cache, CacheStats, DiskStore, Found, Life, MemoryStore, RedisStore
from scribetree.resilience.deadline import Deadline
from scribetree.resilience.hedge import hedged
from scribetree.resilience.limiter import Limiter, LimiterStats, Rate, RedisLimiter, Verdict
from scribetree.resilience.pool import Pool, PoolStats
from scribetree.resilience.redis_client import redis_at
from scribetree.resilience.retry import RetryBudget, RetryPolicy, retry

__all__ = [
    "Batcher",
    "Breaker",
    "BreakerPolicy",
    "BreakerStats",
    "Bulkhead",
    "BulkheadStats",
    "Cache",
    "CacheStats",
    "Deadline",
    "DiskStore",
    "Found",
    "Life",
    "Limiter",
    "LimiterStats",
    "MemoryStore",
    "Pool",
    "PoolStats",
    "Rate",
    "RedisLimiter",
    "RedisStore",
    "RetryBudget",
    "RetryPolicy",
    "SingleFlight",
    "Verdict",
    "hedged",
    "redis_at",
    "retry",
]
