"""`make down` and `make up`: a stage that was stopped goes on where it was."""

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower


def test_a_stage_that_was_stopped_goes_on_where_it_was(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, later = new_borrower(), new_borrower()
    loan_id = borrower.sanctioned_loan()
    # The local cloud forgets what it had not relayed.
    outside.rest()
    outside.services.stop()
    running = local_cloud.find(outside.cloud.directory)
    assert running is not None
    local_cloud.stop(running)
    again = local_cloud.start(outside.cloud.directory)
    services = sandbox.start(again, outside.outputs)
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    books.check(borrower, loan_id)

    assert (again.endpoint, services) == (outside.cloud.endpoint, outside.services)
    assert later.active_loan()
