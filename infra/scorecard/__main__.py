"""`make scorecard`: writes the tables of points from the credit data, and their model card with its pictures."""

import hashlib
import json
from pathlib import Path
from typing import Any

from infra.scorecard import card, plots
from infra.scorecard.data import credit_data
from infra.scorecard.declared import EDITIONS, PLACES
from infra.scorecard.findings import worked_out
from infra.scorecard.table import written

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "shared" / "markets"
CARD = ROOT / "docs" / "operator" / "scorecard.md"


def main() -> None:
    before = _written()
    found = worked_out(credit_data())
    hashes = {}
    for place in PLACES:
        for edition in EDITIONS:
            made = written(found.table, place, edition)
            file = TABLES / f"scorecard_{made['version']}.json"
            file.write_text(form(made))
            hashes[str(file.relative_to(ROOT))] = hashlib.sha256(file.read_bytes()).hexdigest()
    pictures = CARD.with_suffix("")
    pictures.mkdir(exist_ok=True)
    plots.bins(found.table, pictures / "bins.svg")
    plots.order(found.found, found.trees, pictures / "order.svg")
    plots.promise(found.found, pictures / "promise.svg")
    plots.ages(found.ages, pictures / "ages.svg")
    CARD.write_text(card.text(found, hashes))
    held = found.held
    figures = f"AUC {held.auc:.3f}, KS {held.ks:.3f}, calibration slope {held.slope:.2f}"
    print(f"scorecard: {figures} on {len(found.found):,} held-out people; see {CARD.relative_to(ROOT)}")
    after = _written()
    changed = sorted(str(file.relative_to(ROOT)) for file in after if after[file] != before.get(file))
    print(f"scorecard: {len(after)} files written, {len(changed)} changed {' '.join(changed)}".rstrip())


def form(table: dict[str, Any]) -> str:
    """The table as JSON with a line for each bin, for people to compare."""
    head = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items() if name != "factors"]
    factors = [
        f'  {{\n   "name": {json.dumps(factor["name"])},\n   "bins": [\n'
        + ",\n".join(f"    {json.dumps(bin)}" for bin in factor["bins"])
        + "\n   ]\n  }"
        for factor in table["factors"]
    ]
    return "{\n" + ",\n".join(head) + ',\n "factors": [\n' + ",\n".join(factors) + "\n ]\n}\n"


def _written() -> dict[Path, bytes]:
    """The files as they are now."""
    files = [*TABLES.glob("scorecard_*.json"), CARD, *CARD.with_suffix("").glob("*.svg")]
    return {file: file.read_bytes() for file in files if file.exists()}


if __name__ == "__main__":
    main()
