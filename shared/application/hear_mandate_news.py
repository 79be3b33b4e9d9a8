"""What a rail told of a mandate, or of a debit by it that did not come about. One that did is money received."""

from shared.adapters.loans import Loans
from shared.adapters.rails import DebitNews, MandateNews
from shared.application.give_mandate import hear_mandate
from shared.application.send_debit import hear_debit


def hear_mandate_news(told: MandateNews | DebitNews, *, loans: Loans) -> bool:
    """Whether we know what it is about, and it is that rail's to tell. Told twice or late, it changes nothing."""
    return hear_debit(told, loans=loans) if isinstance(told, DebitNews) else hear_mandate(told, loans=loans)
