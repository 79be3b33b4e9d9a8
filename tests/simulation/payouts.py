"""Payouts: borrowers ask for their money, the rail does what it does, and now and then the money comes back."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.domain.errors import Refused
from tests.simulation.portfolio import Case
from tests.simulation.stage import Stage, until


class Payouts:
    """`event` makes the id of what a rail tells; `faults` counts."""

    def __init__(
        self, stage: Stage, cases: list[Case], chance: Random, faults: Counter[str], event: Callable[[], str]
    ) -> None:
        self.stage, self.cases, self.chance, self.faults, self.event = stage, cases, chance, faults, event

    def at_stop(self, day: date) -> None:
        asking = [case for case in self.cases if case.pays_out_on is not None and case.pays_out_on <= day]
        self._pay_out([case for case in asking if case.trouble == "ok"], day)
        for case in (case for case in asking if case.trouble != "ok"):
            # A message that nobody understands may lie in a queue for minutes.
            self.stage.outside.in_market(case.market).behave(case.trouble, at_once=True)
            self.faults[f"payouts: {case.trouble.replace('_', ' ')}"] += 1
            self._pay_out([case], day)
            case.trouble = "ok"
        self._give_back(day)

    def _pay_out(self, cases: list[Case], day: date) -> None:
        """Orders the payouts and waits until the rail's answers are in the books."""
        cases = [case for case in cases if self._is_ordered(case)]
        if not cases:
            return
        until("payouts", lambda: self._are_over(cases))
        rail = self._rail()
        for case in cases:
            if rail[case.payouts[-1]]["status"] == "settled":
                self._begins(case, day)
            else:
                case.pays_out_on = day + timedelta(days=self.chance.randint(3, 20))

    def _is_ordered(self, case: Case) -> bool:
        """Whether it could be ordered: while he is given money back, he asks again at the next stop."""
        payout_id = f"pout_{case.loan_id[5:]}_{len(case.payouts) + 1}"
        try:
            self.stage.order_payout(case.loan_id, case.borrower_id, payout_id)
        except Refused as refusal:
            assert refusal.code == "payout_in_progress", refusal
            return False
        case.payouts.append(payout_id)
        return True

    def _are_over(self, cases: list[Case]) -> bool:
        """Whether the books have what the rail did with each; a payout that comes back is settled first."""
        heads = self.stage.heads(case.loan_id for case in cases)
        if any(head["state"] == "disbursing" for head in heads.values()):
            return False
        rail = self._rail()
        did = {case.loan_id: rail[case.payouts[-1]]["behaviour"] for case in cases}
        return all((head["state"] == "active") == (did[key] not in ("fail", "return")) for key, head in heads.items())

    def _rail(self) -> dict[str, Any]:
        """All payouts as the rails know them."""
        return {payout["reference"]: payout for payout in self.stage.payouts()}

    def _begins(self, case: Case, day: date) -> None:
        case.is_paid_out(day)
        if case.gives_back_after is not None:
            case.gives_back_on = day + timedelta(days=case.gives_back_after)

    def _give_back(self, day: date) -> None:
        """The beneficiary's bank sends back what it had taken weeks ago; he asks for the money again, or does not."""
        for case in self.cases:
            if case.gives_back_on is None or case.gives_back_on > day:
                continue
            payout_id = case.payouts[-1]
            body = {"type": "payout.returned", "reference": payout_id, "returned_on": day.isoformat()}
            self.stage.tell([(self.event(), body)])
            until("the payout's return", lambda case=case: self._is_sanctioned(case))
            case.failed.add(payout_id)
            case.lent = None
            case.gives_back_on = case.gives_back_after = None
            case.to_come = []
            case.can_be_asked_for(day, case.contract.sanction_days or 0)
            case.pays_out_on = day + timedelta(days=20) if self.chance.random() < 0.6 else None
            self.faults["payouts returned weeks later"] += 1

    def _is_sanctioned(self, case: Case) -> bool:
        return bool(self.stage.heads([case.loan_id])[case.loan_id]["state"] == "sanctioned")
