"""Metrics of the notifier."""

from __future__ import annotations

from typing import Final

from shared.metrics import counter, gauge, histogram

DUE: Final = counter("notifier_due_total", "Deliveries created for signals and stories.", ["channel", "status"])
OUTCOMES: Final = counter("notifier_outcomes_total", "Attempts by outcome.", ["channel", "outcome"])
UNKNOWNS: Final = counter("notifier_unknowns_total", "Requests without a response: an upper bound of the duplicates.", ["channel"])
MESSAGES: Final = counter(
    "notifier_messages_total",
    "Messages that were attempted: one row, a group of one instrument and bar, or a digest.",
    ["channel", "sort"],
)
REPEATS: Final = counter(
    "notifier_repeats_total", "Alerts resent after an unknown outcome; they are marked as possible repeats.", ["channel"]
)
UNDELIVERED: Final = counter(
    "notifier_undelivered_total", "Deliveries closed without a delivery, by reason.", ["channel", "reason"]
)
REDIRECTED: Final = counter(
    "notifier_redirected_total", "Alerts sent to the chat itself, since their topic accepts none.", ["channel"]
)
LATENCY: Final = histogram(
    "notifier_signal_to_delivery_seconds",
    "From the signal to its confirmed delivery.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
OPEN: Final = gauge("notifier_waiting_rows", "Deliveries that are not final.")
PICTURES: Final = counter("notifier_pictures_total", "Chart pictures by outcome; alerts without one are sent as text.", ["outcome"])
REPORTED: Final = counter("notifier_reports_total", "Outcomes published on notify.deliveries.v1.")
CHECKOUTS: Final = counter("notifier_checkouts_total", "Checkouts of premium, by decision.", ["decision"])
PAYMENTS: Final = counter("notifier_payments_total", "Payments in Telegram Stars, by what became of them.", ["outcome"])
FORGOTTEN: Final = counter("notifier_forgotten_chats_total", "Chats that were deleted since they could not be reached.")
UPDATES: Final = counter("notifier_updates_total", "User input to the bot, by outcome.", ["outcome"])
