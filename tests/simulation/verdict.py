"""Every loan as the stage has it at the end beside what follows by hand, and what nobody handled."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from infra.markets import TIME_ZONES
from shared.domain.calendar import business_date
from tests.simulation.compare import Difference, Found, differences
from tests.simulation.oracle import ByHand
from tests.simulation.portfolio import Case
from tests.simulation.simulation import Simulation
from tests.simulation.told import Look, Rules, must_be_told

# What came of what was agreed, by how the oracle's rows begin.
OUTCOMES = {
    "waived wvr": "waivers kept",
    "waived stl": "settlements kept",
    "waiver lapsed wvr": "waivers lapsed",
    "waiver lapsed stl": "settlements lapsed",
    "plan broken": "plans broken",
    "watch ended": "plans kept",
    "nobody asked for it": "sanctions ended",
}


def verdict(simulation: Simulation) -> list[Difference]:
    stage, told = simulation.stage, [*simulation.relief.astray, *simulation.debiting.differences(simulation.last)]
    rail, texts = stage.payouts(), stage.texts()
    for case in simulation.cases:
        loan, contract = stage.loans.get(case.loan_id)
        on, sent, zone = stage.today(case.market), stage.notices(case.loan_id), TIME_ZONES[case.market]
        notices = {each.notice_id: business_date(each.sent_at, zone) for each in sent if each.sent_at}
        found = Found(loan, contract, tuple(stage.loans.entries(case.loan_id)), notices, on)
        by_hand = ByHand(case.contract).live(case.facts(rail), on)
        told += differences(found, by_hand, _must_be_told(case, rail, simulation.rules[case.market]))
        # Each notice is one text message, or two where whoever sent it died at it; who has the app got codes, too.
        most = sum(each.unsure for each in sent)
        if case.app is None and not len(sent) <= texts[case.phone] <= most:
            told.append(Difference(case.loan_id, on, "text messages", f"{len(sent)} to {most}", str(texts[case.phone])))
        became = [of for row in by_hand.rows for begins, of in OUTCOMES.items() if row.what.startswith(begins)]
        simulation.relief.happened.update(became)
        simulation.relief.happened["notices"] += len(notices)
    simulation.relief.happened.update(simulation.debiting.happened)
    return [*told, *_letters(simulation)]


def _must_be_told(case: Case, rail: Sequence[dict[str, Any]], rules: Rules) -> dict[str, date]:
    """Look after look, and of each refund on its day."""
    refunds = [fact for fact in case.facts(rail) if fact.kind == "refunded"]
    looks = [
        Look(look.on, (*look.facts, *(fact for fact in refunds if fact.on <= look.on)), look.answers)
        for look in case.looks
    ]
    return must_be_told(case.contract, looks, rules) | {f"refund.{fact.name}": fact.on for fact in refunds}


def _letters(simulation: Simulation) -> list[Difference]:
    """Dead letters are the messages that nobody could understand, and no other."""
    found, wanted = simulation.stage.dead_letters(), simulation.stage.poisoned
    return [
        Difference(queue, simulation.last, "dead letters", str(wanted[queue]), str(found[queue]))
        for queue in sorted(found.keys() | wanted.keys())
        if found[queue] != wanted[queue]
    ]
