"""Webhook events of Strava. Source: developers.strava.com/docs/webhooks."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple


class Event(NamedTuple):
    """A Strava webhook event. Events are not signed and can be forged.

    ``owner_id``: the athlete. ``event_time``: seconds since the epoch.
    """

    subscription_id: int
    owner_id: int
    object_type: str
    object_id: int
    aspect_type: str
    event_time: int
    updates: Mapping[str, object]

    @classmethod
    def parse(cls, body: object) -> "Event":
        """Read the JSON body of a webhook request. Raises ValueError."""
        names = ("subscription_id", "owner_id", "object_id", "event_time")
        if not isinstance(body, dict) or not all(_is_number(body.get(name)) for name in names):
            raise ValueError("The body is not a webhook event of Strava.")
        kind, aspect, updates = (body.get(k) for k in ("object_type", "aspect_type", "updates"))
        if kind not in ("activity", "athlete") or aspect not in ("create", "update", "delete"):
            raise ValueError("The event must concern an activity or an athlete.")
        return cls(
            object_type=kind,
            aspect_type=aspect,
            updates=updates if isinstance(updates, dict) else {},
            **{name: body[name] for name in names},
        )

    @property
    def is_deauthorization(self) -> bool:
        """Whether it says that the athlete revoked the application's access."""
        return self.object_type == "athlete" and self.updates.get("authorized") == "false"

    @property
    def key(self) -> str:
        """A hash of the event, equal for repeated deliveries."""
        return sha256(repr(sorted(self._asdict().items())).encode()).hexdigest()


def _is_number(value: object) -> bool:
    """Whether it is an integer of Strava, which have at most 64 bits."""
    return type(value) is int and 0 <= value < 2**63
