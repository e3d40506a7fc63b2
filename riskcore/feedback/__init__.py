"""Feedback: what people think of scores, what repeats in it, and the drafts that are made of that.

Opinions are no outcomes. Rows are only added, and nothing here changes a score or a policy in force.
"""
