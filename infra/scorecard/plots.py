"""The model card's pictures, as SVG that is the same every time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import pyplot
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_curve

from infra.scorecard import declared
from infra.scorecard.declared import Kinds
from infra.scorecard.measures import Band, Scored, truth
from infra.scorecard.table import Part, Table

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.hashsalt": "minnow", "svg.fonttype": "none", "font.size": 9, "axes.grid": True}
matplotlib.rcParams |= {"grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False}
BLUE, RED, GREY = "#1f5fa8", "#b3372b", "#888888"


def bins(table: Table, to: Path) -> None:
    """The bad rate of each bin, with its points."""
    figure, axes = pyplot.subplots(1, len(table.parts), figsize=(11, 3.2), sharey=True, layout="constrained")
    for axis, part in zip(axes, table.parts, strict=True):
        rates = [100 * group.bad_rate for group in part.groups]
        bars = axis.bar(_labels(part), rates, color=BLUE, width=0.7)
        axis.bar_label(bars, [f"{points} p" for points in part.points], padding=2, fontsize=8)
        axis.set_title(part.measure.name)
        axis.tick_params(axis="x", labelsize=8)
    axes[0].set_ylabel("bad, % of those learned from")
    _save(figure, to)


def order(found: Sequence[Scored], challenger: Sequence[float], to: Path) -> None:
    """How well good and bad are told apart: the ROC, and the two distributions whose distance is the KS."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    good = truth(found)
    for values, name, colour in (
        ([each.score for each in found], "table of points", BLUE),
        (list(challenger), "boosted trees, same measures", RED),
    ):
        false, true, _ = roc_curve(good, values)
        left.plot(false, true, color=colour, label=name, linewidth=1.4)
    left.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    left.set(xlabel="share of the bad that score at least as much", ylabel="share of the good", title="ROC")
    left.legend(loc="lower right")
    for is_good, colour in ((False, RED), (True, BLUE)):
        inside = sorted(each.score for each in found if each.who.is_good is is_good)
        shares = [(at + 1) / len(inside) for at in range(len(inside))]
        right.step(inside, shares, color=colour, label="good" if is_good else "bad", where="post")
    right.axvline(declared.APPROVE_FROM, color=GREY, linestyle="--", linewidth=1)
    right.set(xlabel="score", ylabel="share with this score or less", title="good and bad by score")
    right.legend(loc="upper left")
    _save(figure, to)


def promise(found: Sequence[Scored], to: Path) -> None:
    """What the score promises beside what happened, in tenths of the applicants."""
    figure, axis = pyplot.subplots(figsize=(4.6, 3.8), layout="constrained")
    bad = [not each.who.is_good for each in found]
    happened, promised = calibration_curve(
        bad, [1 - each.probability for each in found], n_bins=10, strategy="quantile"
    )
    axis.plot([0, 0.8], [0, 0.8], color=GREY, linestyle=":")
    axis.plot(promised, happened, color=BLUE, marker="o", markersize=4)
    axis.set(xlabel="bad rate that the score promises", ylabel="bad rate that came", title="calibration")
    _save(figure, to)


def ages(found: Sequence[Band], to: Path) -> None:
    """By age, which no table of ours looks at: who is approved, and who would have been good."""
    figure, axis = pyplot.subplots(figsize=(5.6, 3.4), layout="constrained")
    names = [band.name for band in found]
    axis.plot(names, [100 * band.approved for band in found], color=BLUE, marker="o", label="approved")
    good = [100 * (1 - band.bad_rate) for band in found]
    axis.plot(names, good, color=GREY, marker="s", linestyle="--", label="turned out good")
    kept = [100 * band.approved_of_good for band in found]
    axis.plot(names, kept, color=RED, marker="^", label="approved, of the good")
    axis.set(ylabel="%", ylim=(0, 100), xlabel="age", title="age")
    axis.legend(loc="lower right")
    _save(figure, to)


def _labels(part: Part) -> list[str]:
    if isinstance(part.measure, Kinds):
        return ["\n".join(data) for _, data, _ in part.measure.bins]
    return [str(group.at) if group.at else f"under {part.groups[1].at}" for group in part.groups]


def _save(figure: Any, to: Path) -> None:
    figure.savefig(to, metadata={"Date": None, "Creator": None})
    # The renderer leaves spaces at the ends of lines.
    to.write_text("".join(f"{line.rstrip()}\n" for line in to.read_text().splitlines()))
    pyplot.close(figure)
