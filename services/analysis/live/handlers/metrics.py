"""Metrics of analysis live."""

from __future__ import annotations

from shared.metrics import counter, gauge, histogram

ticks = counter("analysis_ticks_total", "Events of the tick log, by what became of them.", ["outcome"])
bars = counter("analysis_bars_total", "Bars that closed.", ["timeframe"])
rows = counter("analysis_rows_total", "Indicator rows of closed bars.")
signals = counter("analysis_signals_total", "Signals that fired.", ["rule", "timeframe", "state"])
conditions = gauge("analysis_conditions_count", "Different users' conditions that run.")
conditions_left_out = gauge("analysis_conditions_left_out_count", "Users' conditions that cannot run.")
warming_up = gauge("analysis_warming_up_count", "Symbols whose requested indicators are not warmed up yet.")
sequences = gauge("analysis_sequences_count", "Sequences of signals that are followed.")
loads = counter("analysis_history_loads_total", "Loaded histories, by where their bars came from.", ["origin"])
history_flaws = counter("analysis_history_bars_left_out_total", "Provider's bars that failed the checks.")
readjusted = counter("analysis_readjusted_total", "Readjustments of a symbol's past after a published split or dividend.")
quarantined = counter(
    "analysis_quarantined_total", "Rejected ticks, and instruments with a suspected split.", ["reason", "outcome"]
)
published = counter("analysis_published_total", "Events acknowledged by the broker.", ["topic"])
tick_to_signal = histogram(
    "analysis_tick_to_signal_seconds", "From the tick's ts_init (replayed: its place in the log) to the signal's acknowledgement."
)
batch_seconds = histogram("analysis_batch_seconds", "Time of the engine for one micro-batch.")
checkpoint_seconds = histogram("analysis_checkpoint_seconds", "Time to write a checkpoint with its bars and signals.")
checkpoint_bytes = gauge("analysis_checkpoint_bytes", "Size of the newest checkpoint.", ["partition"])
restores = counter("analysis_restores_total", "Partitions taken over, by what they were restored from.", ["kind"])
restore_seconds = histogram("analysis_restore_seconds", "Time to restore a partition.", ["kind"])
fenced = counter("analysis_fenced_total", "Checkpoints refused since another process owns the partition.")
symbols = gauge("analysis_symbols_count", "Symbols of the partitions in memory.")
event_time = gauge("analysis_event_time_seconds", "Newest event time of the log that was applied, seconds since the epoch.")
