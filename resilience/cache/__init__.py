"""
A cache of two layers: memory, and below it a store that outlives the process (disk or Redis).

    cache = Cache(store=DiskStore(folder), seal=Sealer(ring, "cache"))
    found = await cache.fetch(key, load, life=Life(fresh_s=60, stale_s=300, error_s=86_400))
    found.value, found.age_s, found.origin

Values are bytes. With a `seal`, what the store holds is sealed for its key: the store sees neither the value nor its
age, and an entry that was altered, moved or cut short is a miss. Keys are the caller's, and must say nothing about a
person (a keyed hash does).
"""

from scribetree.resilience.cache._cache import Cache, CacheStats, Found
from scribetree.resilience.cache._disk import DiskStore
from scribetree.resilience.cache._entry import Life
from scribetree.resilience.cache._redis import RedisStore
from scribetree.resilience.cache._store import MemoryStore, Seal, Store

__all__ = ["Cache", "CacheStats", "DiskStore", "Found", "Life", "MemoryStore", "RedisStore", "Seal", "Store"]
