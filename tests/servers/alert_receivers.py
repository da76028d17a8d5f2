"""Real receivers in processes of their own: a mail server and a webhook, each of which writes what it got to a file."""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any


class Keeper:
    """A mail server's handler that keeps each message in a file, one a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        said = {"to": envelope.rcpt_tos, "message": envelope.content.decode()}
        with self.path.open("a") as file:
            file.write(json.dumps(said) + "\n")
        return "250 kept"


class Refuser(Keeper):
    """A mail server's handler that knows nobody."""

    async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - as above
        return "550 no such user"


async def mail(handler: Keeper) -> None:
    from aiosmtpd.smtp import SMTP

    def made() -> SMTP:
        return SMTP(handler)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(made, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def webhook(path: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/elsewhere":
                self.send_response(307)
                self.send_header("Location", "/hook")
                self.end_headers()
                return
            with path.open("a") as file:
                file.write(json.dumps({"headers": dict(self.headers), "body": body}) + "\n")
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def drip(letters: Iterable[int]) -> None:
    """Accepts everything, a byte at a time."""
    server = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{server.getsockname()[1]}\n")
    sys.stdout.flush()
    connection, _ = server.accept()
    with suppress(OSError):
        for letter in letters:
            connection.sendall(bytes([letter]))
            time.sleep(0.05)


KINDS: dict[str, Callable[[Path], Awaitable[None] | None]] = {
    "mail": lambda path: mail(Keeper(path)),
    "refuser": lambda path: mail(Refuser(path)),
    "webhook": webhook,
    "drip": lambda _: drip(b"HTTP/1.1 204 Kept\r\nX-Long: " + b"a" * 50 + b"\r\n\r\n"),
    "mail-drip": lambda _: drip(cycle(b"220-Welcome\r\n")),
}

if __name__ == "__main__":
    found = KINDS[sys.argv[1]](Path(sys.argv[2]))
    if found is not None:
        asyncio.run(found)  # type: ignore[arg-type]
