"""Training: units to learn from, worked cases, practice on them without the score, and how people get on.

Nothing here changes the book: answers, cases and judgements stand in tables of their own, and rows are only added.
"""
