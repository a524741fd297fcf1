"""Load on the served dashboard: many sessions with think time, beside plain `streamlit run`.

    python benchmarks/serve_load.py [--sessions 40] [--think 5] [--seconds 60]

Each session opens the page's websocket as a browser does, asks for a rerun, waits until the
script has finished, thinks, and asks again. Printed: reruns, p50 and p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
LEVEE = "import sys; from dashboard.cli import main; sys.exit(main(sys.argv[1:]))"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(command: list[str], port: int):
    """Run a server with a workspace of its own until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        told = {"LEVEE_WORKSPACE": f"{folder}/work.sqlite", "PYTHONPATH": str(ROOT)}
        environment = {**os.environ, **told, "LEVEE_OPEN": "sample"}
        with open(os.devnull, "w") as quiet:  # noqa: PTH123
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet
            )
        try:
            wait_for(port)
            yield
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, limit: float = 60) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"no server on port {port}")


def rerun_message(page: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "study=sample&lang=en"
    message.rerun_script.page_name = page
    return message.SerializeToString()


async def rerun(connection, page: str) -> float:
    """Ask for one rerun and return the seconds until the script has finished."""
    start = time.perf_counter()
    await connection.send(rerun_message(page))
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(connection.recv(), 60))
        if message.WhichOneof("type") == "script_finished":
            return time.perf_counter() - start


async def session(port: int, page: str, think: float, until: float) -> list[float]:
    """One visitor: thinks and asks until the time is over; the first, cold run is not counted."""
    await asyncio.sleep(random.uniform(0, think))
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    took = []
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as connection:
        await rerun(connection, page)
        while time.monotonic() < until:
            await asyncio.sleep(think * random.uniform(0.5, 1.5))
            took.append(await rerun(connection, page))
    return took


async def drive(port: int, page: str, sessions: int, think: float, seconds: float) -> list[float]:
    await session(port, page, 0, time.monotonic())  # the sample is read and evaluated once
    until = time.monotonic() + seconds
    told = await asyncio.gather(*(session(port, page, think, until) for _ in range(sessions)))
    return [seconds for one in told for seconds in one]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--think", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--page", default="overview")
    told = parser.parse_args()
    script = str(ROOT / "dashboard" / "app.py")
    plain = ["-m", "streamlit", "run", script, "--server.headless", "true", "--server.port"]
    ways = {
        "levee serve": lambda port: ["-c", LEVEE, "serve", "--no-browser", "--port", str(port)],
        "streamlit run": lambda port: [*plain, str(port)],
    }
    print(f"{told.sessions} sessions, {told.think:g} s think time, page {told.page}")
    for name, command in ways.items():
        port = free_port()
        with served([sys.executable, *command(port)], port):
            took = asyncio.run(drive(port, told.page, told.sessions, told.think, told.seconds))
        p95 = statistics.quantiles(took, n=20)[-1]
        print(
            f"{name:14} {len(took):5} reruns   p50 {statistics.median(took) * 1000:7.0f} ms"
            f"   p95 {p95 * 1000:7.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
