"""Multi-step work over the servers: written down in YAML, run durably, reported for people."""
