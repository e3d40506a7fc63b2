"""To do: what asks for a person now, each kind a part of its own."""

from datetime import date

from pages.parts import controls, data, room, todo_alerts, todo_disagreement, todo_reviews, todo_schedule, words
from riskcore import versions

t = words.current()
controls.head(t("todo.title"))
assessed = controls.assessed_or_stop()
PARTS = {
    "alerts": (t("todo.alerts"), todo_alerts.show),
    "reviews": (t("todo.reviews"), todo_reviews.show),
    "disagreement": (t("todo.disagreement"), todo_disagreement.show),
    "schedule": (t("todo.schedule"), todo_schedule.show),
}
show, who = room.choose(t, t("todo.title"), PARTS, "todo_part", "todo_person")
store = data.store()
show(room.Room(t, store, versions.in_force(store), assessed, who, date.today()))
