"""What a borrower is told of a person's look at his application: what was decided, or that nobody did in its time."""

from shared.domain.applications import Application

# By the state to which a person brought it. An approval that no lender follows is declined.
DECIDED = {"offered": "application_approved", "granted": "limit_granted", "declined": "application_declined"}


def kind(application: Application) -> str | None:
    """That of the notice, or None where there is nothing to tell."""
    review = application.review
    if review is None:
        return None
    if review.decided_at is None:
        return "review_ended" if application.state == "expired" else None
    return DECIDED.get(application.state)
