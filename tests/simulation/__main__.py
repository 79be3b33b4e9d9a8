"""`python -m tests.simulation`: a portfolio through eighteen months on a fresh local stack, faults and all.

`SEED` repeats a run, `LOANS` and `MONTHS` make a smaller one. What differs from the oracle is printed at the end.
"""

import os
import shutil
import sys
import time
from datetime import date
from random import Random
from secrets import randbelow

from infra.local import cloud as local_cloud
from infra.local import sandbox
from infra.local.deploy import deploy
from infra.local.outside import Outside
from infra.packages import ROOT
from shared.domain.beneficiary import Beneficiary
from shared.domain.calendar import add_months
from tests.simulation.app import App
from tests.simulation.portfolio import Case, portfolio
from tests.simulation.simulation import Simulation
from tests.simulation.stage import Stage
from tests.simulation.verdict import verdict

DIRECTORY = ROOT / ".local" / "simulate"
LOANS, MONTHS = 200, 18
# The calendar begins here whatever today is, so that a seed is the same run on any day.
FIRST = date(2026, 11, 22)
# Of them, how many months the loans of those who have the app run.
BY_APP = (6, 9, 12)
# More of them tell nothing new.
SHOWN = 40


def main() -> int:
    seed = int(os.environ.get("SEED") or randbelow(10**6))
    size, months = int(os.environ.get("LOANS") or LOANS), int(os.environ.get("MONTHS") or MONTHS)
    say(f"SEED={seed}")
    end()
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    try:
        cloud = local_cloud.start(DIRECTORY)
        outputs = deploy(cloud, say)
        return simulated(Stage(Outside(cloud, outputs, sandbox.start(cloud, outputs))), seed, size, months)
    finally:
        end()


def simulated(stage: Stage, seed: int, size: int, months: int) -> int:
    """The exit status: nothing but no difference at all is a success."""
    chance, first, last = Random(seed), FIRST, add_months(FIRST, months)
    stage.turn_to(first)
    cases = portfolio(size - len(BY_APP), first, last, chance)
    began = time.monotonic()
    for case in cases:
        case.borrower_id = stage.admit(case.phone, case.market, case.account)
        assert case.grade is not None
        stage.sanction(case.loan_id, case.borrower_id, case.contract, case.offer_id, case.grade)
    cases += [with_app(stage, tenor_months, first, chance) for tenor_months in BY_APP]
    simulation = Simulation(stage, cases, first, last, chance)
    simulation.spent["signing in and lending"] += time.monotonic() - began
    simulation.run(say)
    with simulation.spent_on("comparing"):
        told = verdict(simulation)
    for name, times in [*sorted(simulation.relief.happened.items()), *sorted(simulation.faults.items())]:
        say(f"{times:6} {name}")
    for difference in told[:SHOWN]:
        say(f"{difference}")
    say("Where the time went:")
    for what, seconds in sorted(simulation.spent.items(), key=lambda each: -each[1]):
        say(f"{seconds:6.0f} s {what}")
    faults, days = sum(simulation.faults.values()), (last - first).days
    say(f"simulated {len(cases)} loans, {days} days, {faults} faults: {len(told)} differences")
    return 1 if told else 0


def with_app(stage: Stage, tenor_months: int, on: date, chance: Random) -> Case:
    """A loan that went the whole way through the API."""
    app = App(stage.outside, chance.randrange(10**5))
    loan_id = app.active_loan(tenor_months)
    loan, contract = stage.loans.get(loan_id)
    person = app.borrower.person
    account = Beneficiary(person.name, person.account_number, person.ifsc)
    case = Case(loan_id, person.phone, "in", contract, loan.offer_id, account, None, chance, app=app)
    case.payouts += [payout["reference"] for payout in stage.outside.payouts(person.account_number)]
    case.is_paid_out(on)
    return case


def end() -> None:
    """Also what an earlier run left running, if it was cut off."""
    sandbox.stop(DIRECTORY / "sandbox")
    cloud = local_cloud.find(DIRECTORY)
    if cloud is not None:
        local_cloud.stop(cloud)


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
