"""Which words a broadcast was approved with, and whether they are still the ones. Pure; knows their names alone."""

from collections.abc import Callable, Mapping

Wordings = Callable[[str], Mapping[str, str]]  # event → "channel/language" → which wording is used now


def reworded(event: str, pins: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Why a broadcast approved with `pins` has to ask, as a sentence naming the templates; "" when it has not.

    A channel that is carried no longer asks nothing; a language that is spoken newly, or no longer, does.
    """
    channels = {place.partition("/")[0] for place in now}
    places = {*now, *(place for place in pins if place.partition("/")[0] in channels)} if pins else set()
    changed = sorted(place for place in places if pins.get(place) != now.get(place))
    if not changed:
        return ""
    told = "; ".join(f"{place} is {now.get(place, 'gone')}, was {pins.get(place, 'none')}" for place in changed)
    return f"the words of {event} were changed since it was approved: {told}"[:200]
