"""Openings of sealed fields: who looked into what a borrower told us, what for and when. He may read all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# `replay`: a decision is made once more; `save`: the borrower seals something anew; `export`: he reads it back;
# `account`: his bank is asked whose account it is; `credit_file`: his name and number go to credit bureaus; `renewal`:
# all of it is sealed anew under a fresh key, and nobody reads it.
# `paper`: a paper that he sends is compared with his profile by a machine; `paper_review`: by one of the staff.
Purpose = Literal[
    "score", "replay", "payout", "save", "export", "account", "credit_file", "renewal", "paper", "paper_review"
]


@dataclass(frozen=True, slots=True)
class Opening:
    """`door` is the function that asked; `fields` are the seals that it could open or set."""

    opened_at: datetime
    purpose: Purpose
    door: str
    fields: tuple[str, ...]
