"""A conversation as people read it: an album is one message, a quoted past is folded away. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.quotes import new_words
from notifier.store.heard import File
from notifier.store.tickets import Said, Told


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as it is shown."""

    one: Said | Told
    text: str = ""  # what was newly said
    whole: str = ""  # with the past it quotes; "" when it quotes none
    files: tuple[File, ...] = ()
    more: tuple[Said, ...] = ()  # the other messages of its album


def turns(talk: Sequence[Said | Told], files: Sequence[File]) -> list[Turn]:
    """The turns of a conversation, in its order."""
    found: list[Turn] = []
    for one in talk:
        if isinstance(one, Told):
            found.append(Turn(one))
            continue
        mine = tuple(file for file in files if one.heard_id is not None and file.heard_id == one.heard_id)
        before = found[-1] if found else None
        if before is not None and _same_album(before.one, one):
            text = "\n".join(filter(None, (before.text, one.text)))
            found[-1] = replace(before, text=text, files=(*before.files, *mine), more=(*before.more, one))
            continue
        text = new_words(one.text) if one.kind == "in" else one.text
        folded = one.kind == "in" and text != one.text.strip()
        found.append(Turn(one, text, one.text if folded else "", mine))
    return found


def _same_album(before: Said | Told, one: Said) -> bool:
    return (
        isinstance(before, Said) and before.kind == one.kind == "in" and bool(one.album) and before.album == one.album
    )
