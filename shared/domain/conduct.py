"""How somebody has repaid loans of ours. `loan_conduct` reads it off the loans' own entries; no bureau enters."""

from dataclasses import dataclass

# What became of relief, from what is no reason against anybody to the worst.
RELIEF = ("none", "kept", "running", "broken", "given_up")


@dataclass(frozen=True, slots=True)
class ConductRules:
    """What is longer ago than `months` is forgotten. Up to `grace_days` nothing is late.

    A loan counts as repaid when it ran for `loan_days` at least, so that taking one and giving it back earns nothing.
    """

    months: int
    grace_days: int
    loan_days: int


@dataclass(frozen=True, slots=True)
class Conduct:
    """`loans_repaid` in full, whenever that was; the rest is of the last months. `relief` is the worst of `RELIEF`.

    Who never had a loan of ours has this as it is: nothing for him, nothing against him.
    """

    loans_repaid: int = 0
    late_instalments: int = 0
    worst_days_late: int = 0
    relief: str = RELIEF[0]


NEW = Conduct()
