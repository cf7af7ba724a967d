"""The power of a ride: normalized power, intensity, W′ balance and durability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from strava_mcp.analysis.session_recording import SessionRecording
from strava_mcp.training import durability, power
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.critical_power import STORE_J, Critical, critical
from strava_mcp.training.durability import Decline
from strava_mcp.training.mean_maximal import envelope, hull
from strava_mcp.training.unmeasurable import Unmeasurable
from strava_mcp.training.w_balance import Balance, balance

#: A best after much work that is lower by more than this, in percent, was no effort (ours).
MAX_DECLINE_PERCENT = 20.0


@dataclass(frozen=True)
class PowerFigures:
    """Power in W and work in kJ.

    ``variability``: normalized over mean power; ``intensity``: normalized power over FTP, None if
    that is unknown. ``critical``: fitted to the best efforts of 90 days; ``balance``: of W′.
    ``declines``: bests after much work against those of the same ride. ``problems``: why
    ``balance`` or ``declines`` are missing.
    """

    normalized_w: float
    mean_w: float
    max_w: float
    work_kj: float
    variability: float
    intensity: float | None
    critical: Critical | None
    balance: Balance | None
    declines: Sequence[Decline]
    problems: Mapping[str, str]


def power_of(
    recording: SessionRecording, ftp_w: float | None, bests: Mapping[int, Bests]
) -> PowerFigures:
    """The power of a ride. ``bests``: by activity, of the 90 days up to it.

    Raises Unmeasurable without measured power.
    """
    series = recording.seconds.watts
    if not recording.has_power:
        raise Unmeasurable("power was not measured, or for less than 70 % of the time")
    normalized = power.normalized_power_w(series)
    present = [value for value in series.values if value is not None]
    mean, watts = fmean(present), series.or_zero()
    if not mean:
        raise Unmeasurable("the power meter recorded only zeros")
    fresh = {d: best for d, (best, _) in envelope(_curves(bests)).items()}
    problems: dict[str, str] = {}
    fit, low, declines = None, None, list[Decline]()
    try:
        fit = critical(hull(fresh), STORE_J)
        low = balance(watts, fit.critical, fit.store)
    except Unmeasurable as exc:
        problems["w_balance"] = f"critical power of 90 days: {exc}"
    try:
        declines = _declines(watts, fresh)
    except Unmeasurable as exc:
        problems["durability"] = str(exc)
    return PowerFigures(
        normalized_w=normalized,
        mean_w=mean,
        max_w=max(present),
        work_kj=power.work_kj(series),
        variability=normalized / mean,
        intensity=power.intensity(normalized, ftp_w) if ftp_w else None,
        critical=fit,
        balance=low,
        declines=declines,
        problems=problems,
    )


def _curves(bests: Mapping[int, Bests]) -> list[tuple[int, dict[int, float]]]:
    return [(number, {d: best for d, (best, _) in b.power.items()}) for number, b in bests.items()]


def _declines(watts: Sequence[float], fresh: Mapping[int, float]) -> list[Decline]:
    """Declines of durations in which the ride comes near the best of 90 days.

    Otherwise a missing effort looks like fatigue.
    """
    least_kj = durability.WORK_KJ[1]
    if sum(watts) < least_kj * 1000:
        raise Unmeasurable(f"less than {least_kj} kJ of work")
    own = durability.bests_after(watts, 0)
    maximal = [
        d for d, best in own.items() if best >= durability.MIN_SHARE_OF_FRESH * fresh.get(d, best)
    ]
    if not maximal:
        raise Unmeasurable("no effort of 1, 5 or 20 minutes near the best of 90 days")
    declines = [
        one
        for one in durability.declines(watts)
        if one.duration_s in maximal and one.percent <= MAX_DECLINE_PERCENT
    ]
    if not declines:
        raise Unmeasurable(f"no hard effort after {least_kj} kJ of work")
    return declines
