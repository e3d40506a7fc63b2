"""For tests in a real browser: the dashboard, served with a sample book of its own."""

from collections.abc import Iterator

import pytest

from tests.e2e.server import load_sample, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard whose folder of books holds the sample book and nothing else."""
    home = tmp_path_factory.mktemp("books")
    load_sample(home)
    with serving(home) as address:
        yield address
