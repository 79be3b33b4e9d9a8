"""Borrowers who cannot pay as agreed: some ask for a waiver or a plan, and keep it or do not."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from shared.domain.errors import Refused
from shared.domain.plans import HardshipPlan
from tests.simulation.compare import Difference
from tests.simulation.facts import Fact, NewTerms
from tests.simulation.habits import Payment, paid
from tests.simulation.plans import KINDS, Asked, choice
from tests.simulation.portfolio import Asking, Case
from tests.simulation.stage import Stage
from tests.simulation.told import Rules
from tests.simulation.waivers import granted_by_rule

DAY = timedelta(days=1)
# Of a hundred who may have a waiver by rule at a stop, how many ask; of a hundred others, how many ask for a plan.
ASKING_FOR_WAIVER, ASKING_FOR_PLAN = 30, 12
# Of a hundred plans that a reviewer decides, how many are refused, and how many wait for a later stop.
REFUSED, DECIDED_LATER = 25, 40
# Of a hundred plans, how many are kept to the end.
KEPT = 60


class Relief:
    """`happened` counts what came about, `astray` what the stage answered differently from what follows by hand, and
    `answers` are the notices, by loan, of what was decided at this stop."""

    def __init__(self, stage: Stage, rules: Mapping[str, Rules], chance: Random) -> None:
        self.stage, self.rules, self.chance = stage, rules, chance
        self.happened, self.astray = Counter[str](), list[Difference]()
        self.answers = list[tuple[str, str]]()

    def at_stop(self, case: Case, day: date) -> None:
        if case.grade is None or case.lent is None or case.gives_back_on is not None:
            return
        if case.asking is not None:
            self._decided(case, case.asking, day)
            return
        if any(payment.received_on == day for payment in case.to_come):
            # Told later, it would come before the relief of its day, or after it: nobody can say.
            return
        asks = self.chance.randrange(100)
        if asks < ASKING_FOR_WAIVER and not _has(case, "granted"):
            self._waiver(case, day)
        elif asks >= 100 - ASKING_FOR_PLAN and not _has(case, "planned") and not case.has_mandate and not case.answers:
            self._plan(case, day)

    def ends(self, case: Case, since: date, day: date) -> bool:
        """Whether between two stops a waiver lapses, a plan breaks or the time after it is over: nobody is told of it
        before the night that books it."""
        if not case.relief or case.lent is None:
            return False
        rows = case.here(day).rows
        ended = any(row.what in ("plan broken", "watch ended") and since < row.on <= day for row in rows)
        return ended or any(since <= fact.by < day for fact in case.relief)

    def _waiver(self, case: Case, day: date) -> None:
        """Where the rule alone decides; each gets what follows by hand. Half pay."""
        assert case.grade is not None
        wanted = granted_by_rule(case.here(day), case.grade, day, self.rules[case.market].waivers)
        if wanted is None:
            return
        name = f"wvr_{case.loan_id[5:]}"
        found = self.stage.ask_waiver(case.loan_id, case.borrower_id, name)
        terms = found and (found.state, found.outcome.by, found.outcome.pay, found.outcome.waived)
        if terms != ("granted", wanted.by, wanted.pay, wanted.waived):
            self.astray.append(Difference(case.loan_id, day, "waiver", f"granted: {wanted}", str(terms)))
        case.relief.append(Fact(day, "granted", name, wanted.pay, by=wanted.by, waived=wanted.waived))
        if found is not None and found.state == "granted":
            self.answers.append((case.loan_id, f"waiver_granted.{name}"))
        self.happened["waivers granted"] += 1
        if self.chance.random() < 0.5:
            on = day + self.chance.randint(1, 10) * DAY
            case.to_come.append(Payment(on, on, wanted.pay))

    def _plan(self, case: Case, day: date) -> None:
        asked = choice(case.here(day), self.chance.choice(KINDS), day, self.chance)
        if asked is None:
            return
        plan_id = f"plan_{case.loan_id[5:]}"
        try:
            found = self.stage.ask_plan(case.loan_id, case.borrower_id, asked.kind, asked.amount, plan_id)
        except Refused as refusal:
            self.astray.append(Difference(case.loan_id, day, asked.kind, str(asked), str(refusal)))
            return
        expected, seen = ("agreed" if asked.is_ruled else "asked", asked.terms), (found.state, _terms(found))
        if expected != seen:
            self.astray.append(Difference(case.loan_id, day, asked.kind, str(expected), str(seen)))
        self.happened["plans asked for"] += 1
        if asked.is_ruled:
            self._agreed(case, plan_id, asked, day, is_told=found.state == "agreed")
        else:
            case.asking = Asking(plan_id, asked)

    def _decided(self, case: Case, asking: Asking, day: date) -> None:
        """By a reviewer, at once or at a later stop; one whose first date has come can only be refused."""
        here, terms = case.here(day), asking.asked.terms
        is_possible = here.state == "active" and here.principal and terms.first_on > day
        if is_possible and self.chance.randrange(100) < DECIDED_LATER:
            return
        case.asking = None
        if is_possible and self.chance.randrange(100) >= REFUSED:
            self.stage.decide_plan(asking.plan_id, "agreed")
            self._agreed(case, asking.plan_id, asking.asked, day)
            return
        self.stage.decide_plan(asking.plan_id, "refused")
        case.answers.append(f"plan_refused.{asking.plan_id}")
        self.answers.append((case.loan_id, case.answers[-1]))
        self.happened["plans refused"] += 1

    def _agreed(self, case: Case, plan_id: str, asked: Asked, day: date, *, is_told: bool = True) -> None:
        """From now on he pays by the plan, to its end or for a while."""
        case.relief.append(Fact(day, "planned", plan_id, asked.amount, purpose=asked.kind, terms=asked.terms))
        if is_told:
            self.answers.append((case.loan_id, f"plan_agreed.{plan_id}"))
        self.happened[f"plans agreed: {asked.kind.replace('_', ' ')}"] += 1
        dues = case.here(day).dues_to_come(day)
        case.due_on += tuple(on for on, _ in dues)
        kept = len(dues) if self.chance.randrange(100) < KEPT else self.chance.randrange(len(dues) + 1)
        case.to_come = [paid(on, amount, self.chance) for on, amount in dues[:kept]]


def _has(case: Case, kind: str) -> bool:
    return any(fact.kind == kind for fact in case.relief)


def _terms(plan: HardshipPlan) -> NewTerms:
    """As the oracle says them."""
    terms = plan.terms
    return NewTerms(
        instalments=terms.instalments,
        first_on=terms.first_due_on,
        keeps_anchor=terms.anchor_on is not None,
        adds_interest="interest" in terms.capitalised,
        breaks_after=terms.breaks_after_days,
        watch_months=terms.watch_months or 0,
    )
