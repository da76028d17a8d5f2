"""Time, failure and load: the breaker, limiter, cache and fallback chain will stand here, each usable alone."""
