"""Other systems' habits, each small and named, chosen by terms. Our own products use none of this package.

It exists so that figures published elsewhere (textbooks, regulators, other loan systems) can be recomputed with the
same rows, annuity, day counts and waterfall as our own. Nothing outside imports it; it can be deleted in one stroke.
"""
