"""What Strava tells a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Event:
    """What Strava tells. Nothing signs it: whoever knows the numbers can write one."""

    subscription_id: int
    owner_id: int
    object_type: str
    object_id: int
    aspect_type: str
    event_time: int
    updates: Mapping[str, Any]

    @classmethod
    def parse(cls, body: Any) -> "Event":
        """The event in a request's body. Raises ValueError."""
        names = ("subscription_id", "owner_id", "object_id", "event_time")
        if not isinstance(body, dict) or not all(type(body.get(name)) is int for name in names):
            raise ValueError("This is no event of Strava's.")
        kind, aspect, updates = (body.get(k) for k in ("object_type", "aspect_type", "updates"))
        if kind not in ("activity", "athlete") or aspect not in ("create", "update", "delete"):
            raise ValueError("Neither activities nor athletes are told about.")
        numbers = {name: body[name] for name in names}
        told = updates if isinstance(updates, dict) else {}
        return cls(object_type=kind, aspect_type=aspect, updates=told, **numbers)

    @property
    def is_deauthorization(self) -> bool:
        """Whether the athlete is said to have ended the application's access."""
        return self.object_type == "athlete" and self.updates.get("authorized") == "false"

    @property
    def key(self) -> str:
        """The same for the same event."""
        return sha256(repr(sorted(vars(self).items())).encode()).hexdigest()
