"""
Which servers there are, where, and how they are: those of mcp.json, and those that registered for a while.

    _capabilities.py   what a server is good for, by the names that scripts know
    _trust.py          whom the host takes in, and at which addresses
    _leases.py         registrations on disk, sealed, so that they outlive the host
    _registry.py       registering, renewing, expiring, draining, looking up, telling
    _routes.py         the same over HTTP
"""

from scribetree.host.registry._capabilities import CAPABILITIES
from scribetree.host.registry._leases import Lease, Leases
from scribetree.host.registry._registry import Registry, RegistryEvent
from scribetree.host.registry._routes import registry_routes
from scribetree.host.registry._trust import Registration

__all__ = ["CAPABILITIES", "Lease", "Leases", "Registration", "Registry", "RegistryEvent", "registry_routes"]
