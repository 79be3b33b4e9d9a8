"""Borrowers who give a mandate: what is debited of them at the stage, beside what must be, and mandates taken back."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from itertools import count
from random import Random

from infra.local.client import TooLate
from shared.domain.money import Money
from tests.simulation.compare import Difference
from tests.simulation.debits import ZONE, Debits
from tests.simulation.facts import DAY
from tests.simulation.habits import Payment
from tests.simulation.packs import rule
from tests.simulation.portfolio import Case, Told
from tests.simulation.stage import Stage, until

# What the bank does with so many of a hundred debits.
BANK = {"ok": 68, "insufficient_funds": 20, "account_closed": 4, "duplicate_callback": 5, "lose_reply": 3}
# Of a hundred mandates, how many are taken back; of a hundred debits that failed, how many are paid by hand.
TAKEN_BACK, PAID_BY_HAND = 30, 75
# The hours at which banks are asked: in two of the times in which they may be, and in which one may also write.
HOURS = (9, 14)


class Debiting:
    """`until_told` waits for notices by their loans and ids."""

    def __init__(
        self, stage: Stage, cases: list[Case], chance: Random, until_told: Callable[[list[tuple[str, str]], date], None]
    ) -> None:
        self.stage, self.chance, self.until_told = stage, chance, until_told
        self.cases = [case for case in cases if case.has_mandate]
        self.happened, self.astray, self.numbers = Counter[str](), list[Difference](), count(1)

    def at_stop(self, day: date) -> None:
        """Mandates are given once the money is there, and some are taken back."""
        for case in self.cases:
            if case.debits is None and case.lent is not None:
                self._given(case, day)
            elif case.debits and case.ends_mandate_on and case.ends_mandate_on <= day:
                self._taken_back(case, case.debits, day)

    def run(self, day: date, hour: int) -> None:
        """Banks are asked, where anything is planned by hand; what came is waited for."""
        at = datetime.combine(day, time(hour), ZONE)
        waiting = [(case, case.debits) for case in self.cases if case.debits and case.debits.waits(at)]
        if not waiting:
            return
        self.stage.turn_to(day, hour)
        before = {case.loan_id: len(debits.asked) for case, debits in waiting}
        over = [(case, debits) for case, debits in waiting if debits.at_run(case.here(day), at)]
        self.stage.outside.at_its_hour("collect-in")
        with suppress(TooLate):
            # What differs from what is waited for is told in the end.
            until("debits", lambda: self._are_done(waiting))
        asked = [(case, debits) for case, debits in waiting if len(debits.asked) > before[case.loan_id]]
        self.happened.update(f"debits asked for: {debits.asked[-1].outcome.replace('_', ' ')}" for _, debits in asked)
        paid = [case for case, debits in asked if debits.asked[-1].is_paid]
        for case in paid:
            self._came(case, day)
        with suppress(TooLate):
            self.until_told([(case.loan_id, f"receipt.{case.told[-1].arrival}") for case in paid], day)
        self.stage.catch_up()
        for case in [*paid, *(case for case, _ in over)]:
            case.is_looked_at(day)
        for case, debits in over:
            self._pays_by_hand(case, debits, day)

    def differences(self, last: date) -> list[Difference]:
        """Of what the bank was asked for, in the order in which it was."""
        found = sorted(self.stage.outside.debits(), key=lambda debit: str(debit["asked_at"]))
        told = [*self.astray]
        for case in self.cases:
            if case.debits is None:
                continue
            own = [debit for debit in found if debit["order"]["mandate"] == case.debits.mandate_id]
            seen = [f"{each['asked_at'][:10]} {each['order']['amount']['minor']} {each['behaviour']}" for each in own]
            wanted = [f"{each.on} {each.amount} {each.outcome}" for each in case.debits.asked]
            if seen != wanted:
                told.append(Difference(case.loan_id, last, "debits", ", ".join(wanted), ", ".join(seen)))
        return told

    def _given(self, case: Case, day: date) -> None:
        rules, contract = rule("in", "mandates"), case.contract
        limit = min(contract.instalment.minor * self.chance.choice((1, 1, 2)), rules["most_minor"])
        script = self.chance.choices(list(BANK), list(BANK.values()), k=2 * len(case.due_on))
        until_day = case.due_on[-1] + rules["days_after_last_due"] * DAY
        debits = Debits(f"mnd_{case.loan_id[5:]}", limit, until_day, [*script])
        money = Money(limit, contract.currency)
        made = self.stage.give_mandate(case.loan_id, case.borrower_id, money, debits.mandate_id)
        if made.valid_until != until_day:
            self.astray.append(Difference(case.loan_id, day, "mandate", str(until_day), str(made.valid_until)))
        assert made.link is not None, made
        self.stage.outside.authorise(made.link)
        self.stage.outside.bank_behaves(*script, mandate_id=debits.mandate_id)
        self._until_mandate(debits, "active")
        case.debits = debits
        self.happened["mandates given"] += 1
        if self.chance.randrange(100) < TAKEN_BACK:
            case.ends_mandate_on = day + self.chance.randint(20, (case.due_on[-1] - day).days) * DAY

    def _taken_back(self, case: Case, debits: Debits, day: date) -> None:
        """In our app or in the bank's. From then on he pays by hand."""
        if self.chance.random() < 0.5:
            self.stage.end_mandate(case.loan_id, case.borrower_id)
        else:
            self.stage.outside.at_the_bank(debits.mandate_id, "revoke")
        self._until_mandate(debits, "revoked")
        debits.is_ended, case.ends_mandate_on = True, None
        self.happened["mandates taken back"] += 1
        case.to_come += [Payment(on, on, minor) for on, minor in case.here(day).dues_to_come(day)]

    def _until_mandate(self, debits: Debits, state: str) -> None:
        until("the mandate", lambda: self.stage.state_of_mandate(debits.mandate_id) == state)

    def _are_done(self, waiting: list[tuple[Case, Debits]]) -> bool:
        """Whether the bank was asked for all, the stage knows of all what came, and has ended what is over."""
        by_mandate, found = {debits.mandate_id: debits for _, debits in waiting}, self.stage.outside.debits()
        own = [debit for debit in found if debit["order"]["mandate"] in by_mandate]
        states = self.stage.debits(case.loan_id for case, _ in waiting)
        return (
            Counter(debit["order"]["mandate"] for debit in own)
            == Counter({mandate_id: len(debits.asked) for mandate_id, debits in by_mandate.items() if debits.asked})
            and self.stage.orders_over(debit["reference"] for debit in own) == len(own)
            and all(debits.last and states.get(case.loan_id) == debits.last.state for case, debits in waiting)
        )

    def _came(self, case: Case, day: date) -> None:
        """The money of the latest debit, which the rail told by itself."""
        assert case.debits is not None
        found = self.stage.outside.debits(case.debits.mandate_id)
        debit = max(found, key=lambda debit: str(debit["asked_at"]))
        minor = int(debit["order"]["amount"]["minor"])
        names = (case.loan_id, Payment(day, day, minor), debit["reference"], debit["payment_id"], minor)
        case.told.append(Told(*names, case.contract.currency, by_itself=True))

    def _pays_by_hand(self, case: Case, debits: Debits, day: date) -> None:
        """Who could not be debited pays some days later, or does not."""
        assert debits.last is not None
        if debits.last.state == "failed" and self.chance.randrange(100) < PAID_BY_HAND:
            on = day + self.chance.randint(3, 20) * DAY
            case.to_come.append(Payment(on, on, debits.last.amount))
