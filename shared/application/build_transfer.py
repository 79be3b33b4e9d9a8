"""Build the pack of a lender's book: find his loans, write a line for each, then the parts and the manifest.

It goes the way of a credit file: shards of the same index, batches that are known before they are sent, lines that are
written once. Every step may be done again.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime

from shared.adapters.credit_files import CreditFiles
from shared.adapters.file_store import FileStore
from shared.adapters.loans import Loans
from shared.adapters.queue import Queue
from shared.adapters.transfers import Transfers
from shared.domain import agenda
from shared.domain.file_run import FileSweep, all_shards
from shared.domain.lateness import scale
from shared.domain.loan import fold, origin
from shared.domain.night import shards
from shared.domain.transfer import Finish, Part, TransferRun, account_on, near, packed, recorded, totals
from shared.markets import market

# Between two looks whether all lines are there; and how many looks there are. Who is not there after them has a loan
# among the dead letters, and is gone on with when he is asked for again.
WAIT_SECONDS = 15
MOST_LOOKS = 1_000


def start_transfer(key: str, *, transfers: Transfers, files: CreditFiles, queue: Queue) -> None:
    """Sends the shards that are not read yet, and a look at the end."""
    run = transfers.find(key)
    if run is None or run.finished_at is not None:
        return
    # A loan that was paid out or ended after the day is found too; what was recorded by then says what it was.
    queue.send([FileSweep(run, shard, date.max) for shard in files.unswept(run, all_shards(run.market))])
    queue.send([Finish(run)], WAIT_SECONDS)


def pack_loan(loan_id: str, run: TransferRun, *, loans: Loans, transfers: Transfers) -> None:
    """Writes the line of a loan of the lender, as it was recorded at the end of the run's day."""
    loan, contract = loans.get(loan_id)
    if loan.partner_id != run.partner_id:
        return
    entries = recorded(loans.entries(loan_id), run.as_of, contract.time_zone)
    others = {each: loans.get(each) for each in loans.ids_of(loan.borrower_id) if each != loan_id}
    theirs = {each: recorded(loans.entries(each), run.as_of, terms.time_zone) for each, (_, terms) in others.items()}
    heads = {each: fold(origin(other), terms, theirs[each]) for each, (other, terms) in others.items()}
    accounts = [
        account_on(*others[each], theirs[each], run.as_of) for each in sorted(near(loan, contract, entries, heads))
    ]
    line = packed(loan, contract, entries, accounts, scale(contract, market(contract.market, run.as_of)), run.as_of)
    if line is not None:
        transfers.write_line(run, line, agenda.shard(loan, contract))


def looked(told: Finish, queue: Queue) -> bool:
    """Has somebody look again later; False after too many looks."""
    if told.looks >= MOST_LOOKS:
        return False
    queue.send([Finish(told.finish, told.looks + 1)], WAIT_SECONDS)
    return True


def finish_transfer(
    run: TransferRun,
    at: datetime,
    has_time: Callable[[], bool],
    *,
    transfers: Transfers,
    files: CreditFiles,
    store: FileStore,
) -> bool:
    """Whether there is nothing more to do. The manifest comes last."""
    known = transfers.find(run.key)
    assert known is not None
    if known.finished_at is not None:
        return True
    if files.unswept(run, all_shards(run.market)) or not files.is_worked(run):
        return False
    if not all(_is_written(run, number, has_time, transfers, store) for number in range(len(shards(run.market)))):
        return False
    store.put(f"{run.name}/manifest.json", [manifest(run, transfers.parts(run))])
    return transfers.finish(known, at)


def manifest(run: TransferRun, parts: list[Part]) -> dict[str, object]:
    """What the loans of the pack come to, and each part with its hash."""
    currency = market(run.market, run.as_of).currency
    return {
        "partner_id": run.partner_id,
        "market": run.market,
        "as_of": run.as_of.isoformat(),
        "currency": currency,
        "loans": sum(part.loans for part in parts),
        "outstanding": sum(part.outstanding for part in parts),
        "balances": {name: minor for name, minor in totals(part.balances for part in parts).items() if minor},
        "classes": totals(part.classes for part in parts),
        "left_out": ["who the borrowers are, and how to reach or pay them", "accounts of merchants"],
        "parts": [{name: asdict(part)[name] for name in ("name", "bytes", "sha256", "loans")} for part in parts],
    }


def _is_written(
    run: TransferRun, number: int, has_time: Callable[[], bool], transfers: Transfers, store: FileStore
) -> bool:
    """Whether a shard's parts are all there; what there was no time for is written at the next look."""
    shard, place = shards(run.market)[number], f"{number:02}"
    done = transfers.parts(run, place)
    after, count = (done[-1].then, len(done)) if done else (None, 0)
    while not done or after is not None:
        if not has_time():
            return False
        lines, then = transfers.lines(run, shard, after)
        if not lines:
            return True
        count += 1
        put = store.put(f"{run.name}/{place}-{count:06}.jsonl", [line.row for line in lines])
        part = Part(
            name=put.name,
            bytes=put.bytes,
            sha256=put.sha256,
            loans=len(lines),
            outstanding=sum(line.outstanding for line in lines),
            balances=totals(line.balances for line in lines),
            classes=totals({line.classification: 1} for line in lines),
            then=then,
        )
        transfers.add_part(run, place, count, part)
        done, after = [part], then
    return True
