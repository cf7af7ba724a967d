"""Why a measure cannot be given."""


class Unmeasurable(ValueError):
    """The data do not support the measure; the message is the reason, in words for the athlete."""
