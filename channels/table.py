"""Names of channels to the places that build them. Importing this page imports no channel.

A new channel is one file, one line here, its templates and its tests; packages may bring more through the entry
point group `notifier.channels` (same spelling of the target).
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from channels.contract import BadSettings

# name -> "module:class"; the class is called with (line, settings mapping, http session)
CHANNELS: Mapping[str, str] = {
    "telegram": "channels.telegram:Telegram",
    "sms": "channels.sms:Sms",
    "email": "channels.email:Email",
}


def known_channels() -> frozenset[str]:
    """Every name a line or a ladder may give; looks channels up without importing one."""
    return frozenset(CHANNELS) | {entry.name for entry in entry_points(group="notifier.channels")}


def channel_class(name: str) -> Any:
    """The class behind a channel's name. Raises BadSettings naming the known ones."""
    target = CHANNELS.get(name)
    if target is None:
        for entry in entry_points(group="notifier.channels"):
            if entry.name == name:
                target = entry.value
                break
    if target is None:
        raise BadSettings(f'no channel is called "{name}"; known are {", ".join(sorted(CHANNELS))}')
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
