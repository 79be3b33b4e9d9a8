"""A whole stage for these tests: a cloud of its own, deployed to as `make run` does, with its rail and its lender."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count

import pytest

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.borrower import Borrower, Person, another
from infra.local.deploy import deploy
from infra.local.outside import Outside
from tests.journeys.traces import leaks

NewBorrower = Callable[[], Borrower]
# Of any year.
FIRST_DAY = date(2027, 1, 4)


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    cloud = local_cloud.start(tmp_path_factory.mktemp("stage"))
    try:
        outputs = deploy(cloud)
        services = sandbox.start(cloud, outputs)
        outside = Outside(cloud, outputs, services)
        begin(outside)
        yield outside
        outside.rest()
        found = leaks(outside)
        assert found == [], "what is private stands in the clear"
    finally:
        sandbox.stop(cloud.directory / "sandbox")
        running = local_cloud.find(cloud.directory)
        if running is not None:
            local_cloud.stop(running)


def begin(outside: Outside) -> None:
    """Each run begins on the same day of a year, far from any market's midnight: no test finds other months than in the
    run before it, nor a day that ends while it runs. Nobody's tokens end while it does."""
    outside.by_hand()
    today = datetime.now(UTC).date()
    first = FIRST_DAY.replace(year=today.year)
    outside.turn_to(9, first if first > today else first.replace(year=today.year + 1))
    outputs, pools = outside.outputs, outside.cloud.client("cognito-idp")
    for pool, client in (
        (outputs.user_pool_id, outputs.user_pool_client_id),
        (outputs.staff_pool_id, outputs.staff_client_id),
    ):
        names = {"UserPoolId": pool, "ClientId": client}
        units = pools.describe_user_pool_client(**names)["UserPoolClient"]["TokenValidityUnits"]
        hours = units | {"AccessToken": "hours", "IdToken": "hours"}
        longest = {"AccessTokenValidity": 24, "IdTokenValidity": 24}
        pools.update_user_pool_client(**names, **longest, TokenValidityUnits=hours)


@pytest.fixture(scope="session")
def new_borrower(outside: Outside) -> NewBorrower:
    """Somebody whom the platform has not met."""
    numbers = count(100)
    return lambda: Borrower(outside, another(Person(), next(numbers)))


@pytest.fixture(autouse=True)
def everybody_behaves(request: pytest.FixtureRequest) -> None:
    """What an earlier test asked of those outside does not reach the next."""
    if "outside" in request.fixturenames:
        outside: Outside = request.getfixturevalue("outside")
        outside.behave()
        outside.refunds_behave()
        outside.bank_behaves()
        outside.lender_behaves()
        outside.pushes_behave()
        outside.provider_behaves()
