"""Pages that only tell: how to complain, questions and answers, the programmes."""

from aiohttp import web

from notifier.rules.people import PROGRAMMES
from notifier.web.house import HOUSE
from notifier.web.public import frame
from notifier.web.public.welcome import ways

STEPS = ("phone", "camera", "ticket", "hour", "tick")  # what the pictures of the way show, one a step

# question → where its answer leads to
LEADS = {1: "schedule", 2: "status", 3: "complain", 5: "complain", 6: "genuine", 8: "follow", 9: "stop"}


async def how(request: web.Request) -> web.Response:
    """How to complain, in pictures."""
    return frame.show(request, "how.html", {"steps": STEPS, "ways": ways(request.app[HOUSE].config)})


async def questions(request: web.Request) -> web.Response:
    """Questions and answers: as many as the Indonesian words have."""
    count = sum(key.startswith("q") for key in request.app[HOUSE].texts.table("id", "faq"))
    return frame.show(request, "faq.html", {"count": count, "leads": LEADS})


async def programmes(request: web.Request) -> web.Response:
    """Each programme: for whom it is, and what to bring."""
    return frame.show(request, "programmes.html", {"programmes": PROGRAMMES})
