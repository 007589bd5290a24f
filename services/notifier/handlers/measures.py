"""What the notifier counts."""

from __future__ import annotations

from typing import Final

from shared.metrics import counter, gauge, histogram

DUE: Final = counter("notifier_due_total", "Deliveries that signals have called for.", ["channel", "status"])
OUTCOMES: Final = counter("notifier_outcomes_total", "Tries by how they ended.", ["channel", "outcome"])
UNKNOWNS: Final = counter(
    "notifier_unknowns_total", "Tries that were written and not answered: the most duplicates that there can be.", ["channel"]
)
REPEATS: Final = counter("notifier_repeats_total", "Alerts sent again after an unknown outcome, and marked.", ["channel"])
UNDELIVERED: Final = counter(
    "notifier_undelivered_total", "Deliveries closed without being made, by reason.", ["channel", "reason"]
)
REDIRECTED: Final = counter(
    "notifier_redirected_total", "Alerts sent to the chat itself, since their topic takes none.", ["channel"]
)
LATENCY: Final = histogram(
    "notifier_signal_to_delivery_seconds",
    "From the signal to its confirmed delivery.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
OPEN: Final = gauge("notifier_waiting_rows", "Deliveries that are not settled yet.")
PICTURES: Final = counter(
    "notifier_pictures_total", "Chart pictures by how they went; alerts without one go out as text.", ["outcome"]
)
REPORTED: Final = counter("notifier_reports_total", "Outcomes published on notify.deliveries.v1.")
UPDATES: Final = counter("notifier_updates_total", "What people did in the bot, by how it ended.", ["outcome"])
