"""HTML that others wrote (a bot's formatting, a mail's body) made safe to show: known tags, safe links, nothing else.

Pure. The result is balanced whatever came in, so that it can't break out of its bubble.
"""

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

_PLAIN = """b strong i em u ins s del strike code pre blockquote p div span h1 h2 h3 h4 ul ol li small sub sup
    table thead tbody tr th td"""
PLAIN = frozenset(_PLAIN.split())
VOID = frozenset({"br", "hr"})
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"})
SPOILER = frozenset({"tg-spoiler"})
SCHEMES = ("https://", "http://", "mailto:", "tel:", "tg:")


def safe_html(source: str) -> str:
    """The source with everything dropped that is not formatting; text is never lost, except scripts and styles."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []  # (tag as written, tag as shown)
        self._silent: list[str] = []  # elements being left out, the outermost first

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{shown}>" for _, shown in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in SILENT or (self._silent and tag not in VOID):
            self._silent.append(tag)
        elif self._silent:
            return
        elif tag in VOID:
            self._out.append(f"<{tag}>")
        elif tag == "img":
            self._out.append(escape(f"[{dict(attrs).get('alt') or 'gambar'}]"))
        elif tag == "a":
            self._link((dict(attrs).get("href") or "").strip())
        elif tag in PLAIN:
            self._push(tag, tag, "")
        elif tag in SPOILER:
            self._push(tag, "span", ' class="spoiler"')

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in VOID or tag == "img":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                while self._silent.pop() != tag:
                    pass
            return
        if any(written == tag for written, _ in self._open):
            while True:
                written, shown = self._open.pop()
                self._out.append(f"</{shown}>")
                if written == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._out.append(escape(data))

    def _link(self, target: str) -> None:
        if target.lower().startswith(SCHEMES):
            self._push("a", "a", f' href="{escape(target)}" rel="noopener noreferrer" target="_blank"')
        else:
            self._push("a", "span", "")

    def _push(self, written: str, shown: str, attributes: str) -> None:
        self._open.append((written, shown))
        self._out.append(f"<{shown}{attributes}>")
