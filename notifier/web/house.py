"""What the pages need of the house, by name. They never import the composition root that builds it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from notifier.accounts import Accounts
from notifier.accounts.own import Own
from notifier.accounts.powers import Powers
from notifier.accounts.records import Records
from notifier.accounts.second_step import SecondStep
from notifier.broadcasts import Broadcasts
from notifier.broadcasts.account import Told
from notifier.broadcasts.accounted import Accounting
from notifier.broadcasts.again import Again
from notifier.broadcasts.choosing import Choosing
from notifier.broadcasts.recurring import Recurring
from notifier.broadcasts.rehearsed import Beforehand
from notifier.broadcasts.rehearsing import Rehearsing
from notifier.broadcasts.silence import Silence
from notifier.broadcasts.tracing import Tracing
from notifier.broadcasts.visiting import Visiting
from notifier.broadcasts.watching import Watching
from notifier.config import Config
from notifier.desk import Desk
from notifier.enquiries import Enquiries
from notifier.figures import Figures
from notifier.genuine import Genuine
from notifier.inbox.forms import Forms
from notifier.inbox.stopping import Stopping
from notifier.keys import Keys
from notifier.lines import Lines
from notifier.posting import Posting
from notifier.registry import (
    Conflicts,
    Dossiers,
    Doubles,
    Lists,
    Persons,
    Points,
    Programmes,
    Rounds,
    Statuses,
    Uploads,
)
from notifier.registry.by_hand import ByHand
from notifier.registry.inviting import Inviting
from notifier.render import Words
from notifier.restored import Restored
from notifier.store.engine import Database
from notifier.studio import Studio
from notifier.studio.texts import Texts
from notifier.vault import Vault
from notifier.webhooks import Webhooks


class House(Protocol):
    """The rooms that pages call."""

    @property
    def config(self) -> Config: ...
    @property
    def database(self) -> Database: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def own(self) -> Own: ...
    @property
    def powers(self) -> Powers: ...
    @property
    def records(self) -> Records: ...
    @property
    def second_step(self) -> SecondStep: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def watching(self) -> Watching: ...
    @property
    def recurring(self) -> Recurring: ...
    @property
    def rehearsing(self) -> Rehearsing: ...
    @property
    def told(self) -> Told: ...
    @property
    def beforehand(self) -> Beforehand: ...
    @property
    def accounting(self) -> Accounting: ...
    @property
    def again(self) -> Again: ...
    @property
    def visiting(self) -> Visiting: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def rounds(self) -> Rounds: ...
    @property
    def silence(self) -> Silence: ...
    @property
    def choosing(self) -> Choosing: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def genuine(self) -> Genuine: ...
    @property
    def studio(self) -> Studio: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def words(self) -> Words: ...
    @property
    def restored(self) -> Restored: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def enquiries(self) -> Enquiries: ...
    @property
    def forms(self) -> Forms: ...
    @property
    def stopping(self) -> Stopping: ...
    @property
    def inviting(self) -> Inviting: ...
    @property
    def by_hand(self) -> ByHand: ...
    @property
    def tracing(self) -> Tracing: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def programmes(self) -> Programmes: ...
    @property
    def points(self) -> Points: ...
    @property
    def statuses(self) -> Statuses: ...
    @property
    def kinds(self) -> Mapping[str, str]: ...  # line → channel
    @property
    def figures(self) -> Figures: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def doubles(self) -> Doubles: ...
    @property
    def dossiers(self) -> Dossiers: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def posting(self) -> Posting: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...  # aware, UTC

    @property
    def dispatch_failures(self) -> int: ...
    @property
    def sending_fails(self) -> bool: ...

    def may_send(self) -> bool: ...
    async def health(self) -> Mapping[str, Any]:
        """How the lines fare; never a reason to be taken off the balancer."""
        ...


HOUSE: web.AppKey[House] = web.AppKey("house")
