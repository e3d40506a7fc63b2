"""The dashboard as a user starts it, on a free port of this machine, with books in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

TOP = Path(__file__).parents[2]
HEALTH = "/_stcore/health"


def load_sample(home: Path, customers: int = 2000) -> None:
    """Load the sample book into the folder `home`, by the very command that a user gives."""
    command = [sys.executable, "-m", "riskcore", "sample", "--customers", str(customers)]
    made = subprocess.run(command, cwd=TOP, env=_environment(home), capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"the sample book was not made (exit status {made.returncode}):\n{made.stderr}{made.stdout}")


@contextmanager
def serving(home: Path, app: str = "app.py", seconds: float = 60) -> Iterator[str]:
    """Serve the app with its books in `home`; gives the address, and ends the server afterwards.

    RuntimeError, with the end of the server's log, where it is not healthy within `seconds`.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        app,
        "--server.headless=true",
        f"--server.port={port}",
    ]
    log = home / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=TOP, env=_environment(home), stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_until_healthy(server, address, log, seconds)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "RISK_HOME": str(home.resolve())}


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str, log: Path, seconds: float) -> None:
    opener = build_opener(ProxyHandler({}))  # a proxy of the environment knows nothing of this machine's own ports
    end = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < end:
        try:
            with opener.open(address + HEALTH, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server at {address} did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
