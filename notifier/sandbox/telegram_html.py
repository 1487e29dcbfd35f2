"""Telegram's HTML as the Bot API reads it: to what a person sees, or to the error Telegram would answer.

Knows nothing of bots or requests. Error texts are spelled like Telegram's, because callers look for words in them.
"""

import html
import re

TAGS = {"a", "b", "blockquote", "code", "del", "em", "i", "ins", "pre", "s", "span", "strike", "strong", "u"} | {
    "tg-emoji",
    "tg-spoiler",
}
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
TAG = re.compile(r"<(/?)([^\s<>]*)([^<>]*)>")
HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
SAFE_LINK = re.compile(r"(?:https?|tg|mailto|tel):", re.IGNORECASE)


class Unreadable(ValueError):
    """The markup has an error; the message is the end of Telegram's own sentence."""


def read_html(source: str) -> tuple[str, str]:
    """(plain text, HTML that is safe to show: known tags, safe links, nothing else). Raises Unreadable."""
    plain: list[str] = []
    shown: list[str] = []
    open_tags: list[str] = []
    place = 0
    while place < len(source):
        mark = source.find("<", place)
        words = ENTITY.sub(lambda found: html.unescape(found[0]), source[place : mark if mark >= 0 else len(source)])
        plain.append(words)
        shown.append(html.escape(words, quote=False))
        if mark < 0:
            break
        place = _tag(source, mark, open_tags, shown)
    if open_tags:
        raise Unreadable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(plain), "".join(shown)


def _tag(source: str, mark: int, open_tags: list[str], shown: list[str]) -> int:
    """Read the tag at `mark`; gives the place behind it."""
    at = f"at byte offset {len(source[:mark].encode('utf-8', 'replace'))}"
    found = TAG.match(source, mark)
    if found is None:
        raise Unreadable(f"Unclosed {'end' if source.startswith('</', mark) else 'start'} tag {at}")
    ends, name, rest = found[1] == "/", found[2].lower(), found[3]
    if ends:
        if not open_tags:
            raise Unreadable(f"Unexpected end tag {at}")
        expected = open_tags.pop()
        if name not in ("", expected):
            raise Unreadable(f'Unmatched end tag {at}, expected "</{expected}>", found "</{name}>"')
        shown.append(f"</{expected}>")
    else:
        if name not in TAGS:
            raise Unreadable(f'Unsupported start tag "{name}" {at}')
        open_tags.append(name)
        link = HREF.search(rest) if name == "a" else None
        target = html.unescape(link[1] or link[2] or link[3] or "") if link else ""
        shown.append(f'<a href="{html.escape(target)}">' if SAFE_LINK.match(target) else f"<{name}>")
    return found.end()
