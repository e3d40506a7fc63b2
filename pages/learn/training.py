"""Training: learn the steps of the work, read cases, practise on them without the score, and see how it goes."""

from datetime import date

from pages.parts import (
    controls,
    data,
    room,
    training_cases,
    training_learn,
    training_practise,
    training_progress,
    words,
)
from riskcore import versions

t = words.current()
controls.head(t("training.title"))
PARTS = {
    "learn": (t("training.learn"), training_learn.show),
    "cases": (t("training.cases"), training_cases.show),
    "practise": (t("training.practise"), training_practise.show),
    "progress": (t("training.progress"), training_progress.show),
}
show, who = room.choose(t, t("training.title"), PARTS, "training_part", "training_person")
store = data.store()
show(room.Room(t, store, versions.in_force(store), data.assessed(), who, date.today()))
