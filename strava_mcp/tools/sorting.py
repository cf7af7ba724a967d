"""The orders of a list of activities, by their names and in everyday words."""

import re

from strava_mcp.sources.activity_query import NEWEST, SORTABLE, Order

OLDEST = NEWEST._replace(descending=False)
#: Everyday words, without spaces, by the order that they mean.
_WORDS = {
    NEWEST: "newest latest recent mostrecent date start startdate",
    OLDEST: "oldest earliest first",
    Order("distance"): "longest furthest farthest length",
    Order("distance", False): "shortest",
    Order("moving_time"): "time duration",
    Order("elapsed_time"): "totaltime elapsed",
    Order("elevation_gain"): "elevation climb climbing ascent hilliest totalelevationgain",
    Order("elevation_gain", False): "flattest",
    Order("speed"): "fastest averagespeed",
    Order("speed", False): "slowest",
    Order("max_speed"): "topspeed maximumspeed",
    Order("relative_effort"): "effort hardest sufferscore intensity",
    Order("relative_effort", False): "easiest",
    Order("average_heartrate"): "heartrate hr averagehr",
    Order("max_heartrate"): "maxhr maximumheartrate",
    Order("average_watts"): "watts power averagepower",
    Order("weighted_watts"): "weightedpower normalizedpower weightedaveragewatts",
    Order("kilojoules"): "energy work kj",
    Order("kudos"): "kudoscount likes",
    Order("temperature"): "hottest warmest averagetemp temp heat",
    Order("temperature", False): "coldest coolest",
}
_ORDERS = {fact.replace("_", ""): Order(fact) for fact in SORTABLE} | {
    word: order for order, words in _WORDS.items() for word in words.split()
}
_DIRECTION = re.compile(r"[\s_:,.-]+(asc|desc)(?:ending)?\s*$")


def parse_order(words: str) -> Order:
    """The order that ``words`` mean: ``distance``, ``slowest``, ``elevation gain ascending``.

    A quantity alone means the highest first, ``pace`` the fastest. Raises ValueError.
    """
    text = words.lower()
    direction = _DIRECTION.search(text)
    if direction:
        text = text[: direction.start()]
    name = "".join(character for character in text if character.isalnum()).removeprefix("by")
    is_pace = name in ("pace", "averagepace")
    order = Order("speed") if is_pace else _ORDERS.get(name)
    if order is None:
        raise ValueError(
            f"Unknown order. Allowed: newest, oldest, {', '.join(SORTABLE)}; the highest come "
            "first, or with asc the lowest."
        )
    if direction:  # a low pace is a high speed
        return order._replace(descending=(direction[1] == "desc") is not is_pace)
    return order


def name_of(order: Order) -> str:
    """The name of an order: ``newest``, ``distance``, ``distance asc``."""
    if order.fact == "start":
        return "newest" if order.descending else "oldest"
    return order.fact if order.descending else f"{order.fact} asc"
