"""A whole stage for these tests: a cloud of its own, deployed to as `make run` does, with its rail and its lender."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.borrower import Borrower, Person, another
from infra.local.deploy import deploy
from infra.local.outside import Outside
from tests.journeys.traces import leaks

NewBorrower = Callable[[], Borrower]


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    cloud = local_cloud.start(tmp_path_factory.mktemp("stage"))
    try:
        outputs = deploy(cloud)
        services = sandbox.start(cloud, outputs)
        outside = Outside(cloud, outputs, services)
        yield outside
        found = leaks(outside)
        assert found == [], "what is private stands in the clear"
    finally:
        sandbox.stop(cloud.directory / "sandbox")
        running = local_cloud.find(cloud.directory)
        if running is not None:
            local_cloud.stop(running)


@pytest.fixture(scope="session")
def new_borrower(outside: Outside) -> NewBorrower:
    """Somebody whom the platform has not met."""
    numbers = count(100)
    return lambda: Borrower(outside, another(Person(), next(numbers)))


@pytest.fixture(autouse=True)
def everybody_behaves(request: pytest.FixtureRequest) -> None:
    """What an earlier test asked of the rail and the lender does not reach the next."""
    if "outside" in request.fixturenames:
        outside: Outside = request.getfixturevalue("outside")
        outside.behave()
        outside.bank_behaves()
        outside.lender_behaves()
        outside.partner_takes()
