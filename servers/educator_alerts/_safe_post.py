"""
One bounded POST to an address that a user named, and to nothing inside the school's network (SSRF).

The name is looked up once, every address it has must be a public one, and the connection goes to the address that was
checked: a name that answers differently the second time gains nothing. No redirect is followed, no proxy is used, and
little of the answer is read. Hosts inside the network are reached only if the operator lists them, and those alone may
be spoken to without TLS.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from scribetree.errors import InvalidInput
from scribetree.servers.educator_alerts._school import school

__all__ = ["Refused", "check_url", "cut_off_in_time", "post"]

_TIMEOUT_S, _WHOLE_S = 10.0, 20.0
_MOST_BYTES = 64 * 1024
_UNICAST, _NAT64 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """The receiver does not want it, or the address may not be spoken to: trying again does not help."""


def check_url(home: Path, url: str, *, field: str) -> None:
    """Nothing happens if the address may be spoken to, as far as can be told without looking it up."""
    parts = _split(url)
    if parts is None or _problem(parts, school(home).internal_hosts):
        raise InvalidInput(
            f"`{field}` is not an address that messages may go to.",
            hint="Use https and a public name; the operator can list internal hosts in alerts.toml.",
        )


def post(home: Path, url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """The receiver has accepted it (2xx); Refused if it never will, OSError if it may yet."""
    parts, internal = _split(url), school(home).internal_hosts
    if parts is None or _problem(parts, internal) or len(body) > _MOST_BYTES:
        raise Refused
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(host, port, may_be_internal=_named(parts) in internal)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with socket.create_connection((address, port), timeout=_TIMEOUT_S) as plain, cut_off_in_time(plain, _WHOLE_S):
        connection = _connection(parts.scheme, host, port, plain)
        try:
            connection.request("POST", path, body, dict(headers))
            status = connection.getresponse().status
        except (http.client.HTTPException, ValueError) as error:
            raise OSError from error
        finally:
            connection.close()
    if status // 100 == 2:
        return
    if status in {408, 425, 429} or status >= 500:
        raise OSError
    raise Refused


def _split(url: str) -> SplitResult | None:
    """Its parts; None if it has none, or a port or a name that cannot be."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    return parts


def _problem(parts: SplitResult, internal: frozenset[str]) -> bool:
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return True
    is_internal = _named(parts) in internal
    if parts.scheme != "https":
        return not is_internal or parts.scheme != "http"
    try:
        return not (is_internal or _is_public(parts.hostname))
    except ValueError:
        return False


def _named(parts: SplitResult) -> str:
    """How the operator lists it: the host, with its port if the address has one."""
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _address(host: str, port: int, *, may_be_internal: bool) -> str:
    found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not may_be_internal and not all(_is_public(each) for each in found):
        raise Refused
    return min(found)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64 or found.ipv4_mapped is not None:
            found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        elif found not in _UNICAST or found.sixtofour is not None or found.teredo is not None:
            # What else holds an address of IPv4 may lead to any.
            return False
    return found.is_global and not found.is_multicast


@contextmanager
def cut_off_in_time(plain: socket.socket, limit_s: float) -> Generator[None]:
    """A receiver that speaks a byte at a time never meets the socket's own limit: all in all it has so long."""
    # Another handle on the connection: TLS takes the first one over, and closing one alone would end no read.
    handle = plain.dup()

    def cut() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    limit = Timer(limit_s, cut)
    limit.start()
    try:
        yield
    finally:
        limit.cancel()
        handle.close()


def _connection(scheme: str, host: str, port: int, plain: socket.socket) -> http.client.HTTPConnection:
    """That connection, to the checked address, which still speaks to the name."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    connection.sock = (
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
    )
    return connection
