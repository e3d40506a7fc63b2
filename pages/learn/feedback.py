"""Feedback: where people deviated from the score and what became of it, and what repeats in what they say."""

from datetime import date

from pages.parts import controls, data, feedback_overrides, feedback_patterns, room, words
from riskcore import versions

t = words.current()
controls.head(t("feedback.title"))
assessed = controls.assessed_or_stop()
PARTS = {
    "overrides": (t("feedback.overrides"), feedback_overrides.show),
    "patterns": (t("feedback.patterns"), feedback_patterns.show),
}
show, who = room.choose(t, t("feedback.title"), PARTS, "feedback_part", "feedback_person")
store = data.store()
show(room.Room(t, store, versions.in_force(store), assessed, who, date.today()))
