"""
From the start of the host to six servers ready, and the memory of the suite at rest.

    .venv/bin/python bench/startup.py [--runs 7]

Each run starts `scribetree doctor`'s own path in a fresh process: configuration, six stdio servers at once, their tool
lists. The peer is the same six servers started by hand with the SDK's client, all at once, and nothing else. Memory is
the proportional set size of the host and its servers after five idle seconds, from /proc (Linux).
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROC = """
import os

def pss(pid):
    lines = open(f"/proc/{pid}/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))

def below(pid):
    listed = [int(child) for task in os.listdir(f"/proc/{pid}/task")
              for child in open(f"/proc/{pid}/task/{task}/children").read().split()]
    return listed + [further for child in listed for further in below(child)]

def spent(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""

HOST = """
import time; started = time.perf_counter()
from scribetree.startup import loading; loading()
import json, sys
import anyio
from scribetree.host.commands._session import running_suite
from scribetree.host.config import load_configuration

async def main():
    async with running_suite(load_configuration(None)) as suite:
        await suite.settled()
        ready = time.perf_counter() - started
        assert all(status.state == "ready" for status in suite.statuses()), suite.statuses()
        cpu = spent(os.getpid()) + sum(map(spent, below(os.getpid())))
        if "--memory" in sys.argv:
            await anyio.sleep(5)
            pids = below(os.getpid())
            print(json.dumps({"ready_s": ready, "host_mb": pss(os.getpid()) / 1024,
                              "servers_mb": [pss(pid) / 1024 for pid in pids]}))
        else:
            print(json.dumps({"ready_s": ready, "cpu_s": cpu}))

anyio.run(main)
"""

PEER = """
import time; started = time.perf_counter()
import json, sys
import anyio
from mcp import Client, StdioServerParameters
from scribetree.servers.catalog import SERVERS

async def start(name):
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "scribetree.host", "serve", name])
    async with Client(parameters) as client:
        await client.list_tools()
        done.append(name)
        await everyone.wait()

async def main():
    global everyone, done
    everyone, done = anyio.Event(), []
    async with anyio.create_task_group() as group:
        for name in SERVERS:
            group.start_soon(start, name)
        while len(done) < len(SERVERS):
            await anyio.sleep(0.005)
        ready = time.perf_counter() - started
        cpu = spent(os.getpid()) + sum(map(spent, below(os.getpid())))
        print(json.dumps({"ready_s": ready, "cpu_s": cpu}))
        everyone.set()

anyio.run(main)
"""


def measure(code: str, *arguments: str) -> dict[str, float | list[float]]:
    """What one fresh process printed."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-c", PROC + code, *arguments],
            env={**os.environ, "SCRIBETREE_HOME": home},
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    measure(HOST)
    pairs = [(measure(HOST), measure(PEER)) for _ in range(runs)]
    ours, peers = zip(*pairs, strict=True)
    memory = measure(HOST, "--memory")
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ":")
    print(f"machine: {os.cpu_count()} cores,{cpu.split(':')[1]}, Python {platform.python_version()}")
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, figures in (("host, six servers ready", ours), ("bare SDK clients, the same servers", peers)):
        walls, cpus = [run["ready_s"] for run in figures], [run["cpu_s"] for run in figures]
        print(f"{name}: median {statistics.median(walls):.2f} s, {min(walls):.2f} to {max(walls):.2f}")
        print(f"  processor time of all processes: median {statistics.median(cpus):.2f} s")
    print(f"ratio, pair by pair: median {statistics.median(a['ready_s'] / b['ready_s'] for a, b in pairs):.2f}")
    servers = memory["servers_mb"]
    print(f"memory at rest: host {memory['host_mb']:.0f} MB, servers {sum(servers):.0f} MB ({len(servers)} processes)")


if __name__ == "__main__":
    main()
