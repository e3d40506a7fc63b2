"""The locks: everything that runs is pinned and nothing else, development tools are apart, no host is named."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")


def lines(lock: str) -> list[str]:
    """The requirements of a lock as they are written, comments left out."""
    kept = [line for line in (TOP / lock).read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    return [line for line in kept if line.strip()]


def pins(lock: str) -> dict[str, str]:
    """The version of each package of a lock that this Python and system take."""
    taken = [Requirement(line) for line in lines(lock)]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in taken
        if pin.marker is None or pin.marker.evaluate()
    }


def asked(requirements: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(r.name): r for r in map(Requirement, requirements)}


RUN = asked(PROJECT["project"]["dependencies"])
DEV = asked(PROJECT["dependency-groups"]["dev"])


def test_every_line_pins_one_version() -> None:
    pinned = re.compile(r"[a-z0-9][a-z0-9.-]*==[0-9][0-9a-z.]*( ; .+)?")
    assert not [line for lock in LOCKS for line in lines(lock) if not pinned.fullmatch(line)]


def test_what_the_project_asks_for_is_locked_at_a_fitting_version() -> None:
    for wanted, lock in ((RUN, "requirements.txt"), (DEV, "requirements-dev.txt")):
        locked = pins(lock)
        assert not [str(r) for name, r in wanted.items() if locked.get(name, "0") not in r.specifier]


def test_the_locks_are_full_and_agree() -> None:
    run = pins("requirements.txt")
    both = pins("requirements-dev.txt") | run
    assert {name: both[name] for name in pins("requirements-dev.txt")} == pins("requirements-dev.txt")
    assert not lacking(run)
    assert not lacking(both)


def lacking(locked: dict[str, str]) -> list[str]:
    """What the locked packages, as they are installed here, need and the lock does not give."""
    needs = [(name, Requirement(need)) for name in locked for need in metadata.distribution(name).requires or ()]
    return [
        f"{name} needs {need}"
        for name, need in needs
        if need.marker is None or need.marker.evaluate({"extra": ""})
        if locked.get(canonicalize_name(need.name), "0") not in need.specifier
    ]


def test_a_gap_in_a_lock_is_seen() -> None:
    run = pins("requirements.txt")
    assert lacking({name: version for name, version in run.items() if name != "starlette"})
    assert lacking(run | {"starlette": "0.1"})


def test_what_is_installed_is_what_is_locked() -> None:
    locked = pins("requirements-dev.txt") | pins("requirements.txt")
    assert {name: metadata.version(name) for name in locked} == locked


def test_development_tools_are_apart() -> None:
    assert len(DEV) > 3
    assert not set(DEV) & set(pins("requirements.txt"))
    assert not set(DEV) & set(RUN)


def test_no_host_or_place_of_one_machine_is_named() -> None:
    for lock in LOCKS:
        text = (TOP / lock).read_text("utf-8")
        assert not re.search(r"://|@|\\|^\s*-|\b[a-z-]+\.(org|com|net|io|dev|cn)\b", text, re.MULTILINE)
