"""Divergences of price from RSI (14), the MACD line (12, 26) or on-balance volume (Wilder, New Concepts in Technical Trading
Systems, 1978; hidden ones: Brown, Technical Analysis for the Trading Professional, 1999).

Described for highs, whose divergences are bearish; those of lows are bullish and the mirror images. The newest high is compared
with the high before it, in price and in the indicator's values at the closes of their bars.

- **Regular**: the price is higher by at least ``APART`` ATR, and the indicator is lower.
- **Hidden**: the price is lower by at least APART ATR, and the indicator is higher.

The indicator must differ by more than ``POINTS`` (RSI), ``LEAST`` ATR (MACD), ``SHARE`` of the volume since the high before (OBV).
Where an indicator has no value there is no divergence. H, the newest high less the low between, is at least ``LOW`` ATR.

It is complete when the newest high is known, so it is confirmed with the bar that makes it forming: that bar closes below the high
by more than the margin. Target: the low between. Stop: the newest high. Quality: the mean of the difference of the prices / (4
APART ATR) and of the indicator's / 3 times the least (both at most 1), and depth of H.
"""

# numba infers the types of a kernel: ints, floats and records.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

from services.analysis.kernels.patterns.compiled import jit
from services.analysis.kernels.patterns.geometry import deep, draft, one_sided, pivot

APART, LOW, POINTS, LEAST, SHARE = 1.5, 6.0, 7.0, 0.6, 0.1


@jit
def diverges(pivots, atr, x, code, change, least):
    """Drafts the divergence at the newest pivot, if the indicator's difference ``change`` against the older one makes one.

    Codes: regular bearish, regular bullish, hidden bearish, hidden bullish.
    """
    new, between, old = pivot(pivots, 0), pivot(pivots, 1), pivot(pivots, 2)
    s = new.kind
    rise, height = s * (new.price - old.price), s * (new.price - between.price)
    regular, hidden = rise >= APART * atr and s * change < -least, rise <= -APART * atr and s * change > least
    if height < LOW * atr or not (regular or hidden):
        return False
    draft(x, pivots, 2, 0, atr)
    x.kind = code + (0 if regular else 2) + (0 if s > 0 else 1)
    one_sided(x, -s, new.price, 0.0, new.price, height)
    x.quality = (min(1.0, abs(rise) / (4.0 * APART * atr)) + min(1.0, abs(change) / (3.0 * least)) + deep(height, atr)) / 3.0
    return True


@jit
def rsi_divergence(pivots, pivot_count, atr, x, code):
    """Drafts the divergence from RSI at the newest pivot."""
    return pivot_count > 2 and diverges(pivots, atr, x, code, pivot(pivots, 0).rsi - pivot(pivots, 2).rsi, POINTS)


@jit
def macd_divergence(pivots, pivot_count, atr, x, code):
    """Drafts the divergence from the MACD line at the newest pivot."""
    return pivot_count > 2 and diverges(pivots, atr, x, code, pivot(pivots, 0).macd - pivot(pivots, 2).macd, LEAST * atr)


@jit
def obv_divergence(pivots, pivot_count, atr, x, code):
    """Drafts the divergence from on-balance volume at the newest pivot."""
    new, old = pivot(pivots, 0), pivot(pivots, 2)
    return pivot_count > 2 and diverges(pivots, atr, x, code, new.obv - old.obv, SHARE * (new.traded - old.traded))
