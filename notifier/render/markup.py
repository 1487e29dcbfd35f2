"""HTML as its readers take it: Telegram's subset, which is refused over one wrong tag, and what mail programs show.

Pure; knows no template. Places are offsets into the text that was given.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

# Telegram's tags, and the attributes each may have
TELEGRAM: dict[str, frozenset[str]] = {
    **dict.fromkeys(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "tg-spoiler"), frozenset()),
    "pre": frozenset(),
    "blockquote": frozenset({"expandable"}),
    "span": frozenset({"class"}),
    "a": frozenset({"href"}),
    "tg-emoji": frozenset({"emoji-id"}),
}
LONGEST_TELEGRAM = 4096  # characters the reader sees
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
FORBIDDEN = frozenset(
    (
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "style",
        "link",
        "meta",
        "base",
        "svg",
        "video",
        "audio",
    )
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[^<>]*)?)>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_LINK = re.compile(r"(?:https?|tg|mailto|tel):", re.IGNORECASE)
_ORDER = "Close tags in the order in which they have to close: the last one opened first."
_REMOTE = re.compile(r"(?:https?:)?//|url\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something a reader would refuse or hide."""

    offset: int
    code: str
    message: str
    suggestion: str = ""


def plain(source: str) -> str:
    """The words without the tags."""
    return html.unescape(_ANY_TAG.sub("", source)) if "<" in source or "&" in source else source


def telegram(source: str) -> Iterator[Flaw]:
    """What Telegram would refuse the message for, the first of each kind of trouble."""
    open_tags: list[tuple[str, int]] = []
    offset = source.find("<")
    while offset >= 0:
        tag = _TAG.match(source, offset)
        if tag is None:
            yield Flaw(offset, "telegram_html", 'Telegram takes "<" for a broken tag and refuses the message.', "&lt;")
            return
        name = tag[2].lower()
        if tag[1]:
            if not open_tags or open_tags[-1][0] != name:
                expected = f"</{open_tags[-1][0]}>" if open_tags else "no closing tag"
                yield Flaw(offset, "telegram_html", f"Telegram refuses </{name}> here: {expected} is due.", _ORDER)
                return
            open_tags.pop()
        else:
            open_tags.append((name, offset))
            yield from _telegram_tag(offset, name, tag[3])
        offset = source.find("<", tag.end())
    if open_tags:
        name, offset = open_tags[-1]
        yield Flaw(offset, "telegram_html", f"<{name}> is never closed, so Telegram refuses it.", f"</{name}>")


def _telegram_tag(offset: int, name: str, rest: str) -> Iterator[Flaw]:
    if name not in TELEGRAM:
        known = " ".join(f"<{tag}>" for tag in ("b", "i", "u", "s", "a", "code", "pre", "blockquote"))
        yield Flaw(
            offset, "telegram_html", f"Telegram does not know <{name}> and refuses the message.", f"Use {known}."
        )
        return
    for attribute in _ATTRIBUTE.finditer(rest):
        value = (attribute[2] or "").strip("\"'")
        if attribute[1].lower() not in TELEGRAM[name]:
            yield Flaw(offset, "telegram_html", f"<{name}> can't have {attribute[1]} on Telegram.", f"<{name}>")
        elif attribute[1].lower() == "href" and not _LINK.match(html.unescape(value)):
            yield Flaw(offset, "link", "A link needs its whole address.", "https://…")


def mail(source: str) -> list[Flaw]:
    """What a mail program would hide, block or show broken."""
    reader = _Mail(source)
    reader.feed(source)
    reader.close()
    reader.flaws += [
        Flaw(offset, "mail_html", f"<{name}> is never closed.", f"</{name}>") for name, offset in reader.open_tags
    ]
    return sorted(reader.flaws, key=lambda flaw: flaw.offset)


class _Mail(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.flaws: list[Flaw] = []
        self.open_tags: list[tuple[str, int]] = []
        starts = [0]
        for line in source.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        self._starts = starts

    @property
    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self._flaw(
                "mail_html", f"Mail programs drop <{tag}>, and readers distrust mails that have it.", "Leave it out."
            )
        for name, value in attrs:
            self._attribute(name, value or "")
        if tag not in VOID:
            self.open_tags.append((tag, self._offset))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open_tags.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open_tags and self.open_tags[-1][0] == tag:
            self.open_tags.pop()
        else:
            self._flaw(
                "mail_html", f"</{tag}> closes nothing that is open here.", f"Delete it, or open <{tag}> before."
            )

    def _attribute(self, name: str, value: str) -> None:
        if name.startswith("on"):
            self._flaw("mail_html", f"{name}=… runs a script, which no mail program does.", "Leave it out.")
        elif name in ("src", "background", "srcset", "poster") or (name == "style" and _REMOTE.search(value)):
            self._flaw("remote_image", "Remote pictures are blocked, and tell others who reads.", "Say it in words.")
        elif name == "href" and not _LINK.match(value):
            self._flaw("link", "A link needs its whole address.", "https://…")

    def _flaw(self, code: str, message: str, suggestion: str) -> None:
        self.flaws.append(Flaw(self._offset, code, message, suggestion))
