"""Gradient-boosted trees on the same people: what a table of points gives up, and what is refused with the features."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from infra.scorecard.data import Applicant

OURS = ("monthly_income", "employment", "months_employed", "instalment_percent")
# What a lender could ask of a borrower without a bureau, and what the law or our own list forbids.
MORE = ("Home", "Assets", "Debt", "Expenses", "Amount", "Price", "Time")
FORBIDDEN = ("Age", "Marital", "Records")


def probabilities(learn: Sequence[Applicant], measure: Sequence[Applicant], columns: Sequence[str]) -> list[float]:
    """Of being good, for those to measure."""
    whole = pd.DataFrame([[_value(who, column) for column in columns] for who in (*learn, *measure)], columns=columns)
    for column in columns:
        if not pd.api.types.is_numeric_dtype(whole[column]):
            whole[column] = whole[column].astype("category")
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, max_leaf_nodes=8, l2_regularization=1.0, early_stopping=False, random_state=0
    )
    model.fit(whole[: len(learn)], np.array([who.is_good for who in learn]))
    return [float(good) for _, good in model.predict_proba(whole[len(learn) :])]


def _value(who: Applicant, column: str) -> object:
    return getattr(who, column) if column in OURS else who.columns[column]
