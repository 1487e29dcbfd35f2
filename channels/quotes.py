"""What a person newly wrote in a plain-text mail, without the quoted past, its attributions, and signatures.

Pure, linear in the mail's length, standard library only. It must not know who wrote, nor what the words mean; when a
line might be somebody's own words, it stays.
"""

import re
from collections.abc import Iterator, Sequence

_LONGEST = 400  # characters of a line that are looked at: attributions and headers are shorter
_WRAPS = 4  # lines over which programs wrap an attribution
_BLOCK = 10  # lines within which a block of headers tells who, when and to whom

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_QUOTED = re.compile(r"[ ]{0,8}(?:>|&gt;)")
_ATTRIBUTION_START = re.compile(
    r"(?:pada|on|tanggal|tgl|dalam (?:pesan|surel|e-?mail))\b(?=.*\d)"
    r"|\S.{0,120}(?:<|\[mailto:)\S{1,120}@|\d{1,4}[-/. ]\S{1,12}[-/. ]\d{2,4}\b",
    re.IGNORECASE,
)
_ATTRIBUTION_END = re.compile(
    r"(?:\bmenulis|\bwrote|\bmenuliskan|\bberkata|\bmengatakan)(?: pada .{1,60})? ?:$", re.IGNORECASE
)
_FOREIGN = re.compile(r"<[^<>@]{1,60}@[^<>]{1,80}>[^<>]{0,60}[:\uff1a]$")  # other tongues have other verbs
_ADDRESS = re.compile(r"<[^<>]*>")
_QUOTING = re.compile(r"(?:quoting|mengutip|kutipan dari) .{1,120}:$", re.IGNORECASE)
_SAYS_WHEN = re.compile(r"\b\d{4}\b|\d{1,2}[.:]\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|@")
_ATTRIBUTION_INSIDE = re.compile(
    r"(?<=\S )(?:pada|on) (?:\w{3,9},? )?\d{1,2}[ /.-][^>]{1,200}?(?:menulis|wrote) ?:(?= ?>| ?$)", re.IGNORECASE
)
_SEPARATOR = re.compile(
    r"[-_=*~ ]{2,40}(?:(?:pesan|surel|e-?mail)(?: yang)? (?:asli|orisinal|terusan|diteruskan|sebelumnya|asal)"
    r"|(?:membalas|balasan) (?:pesan|surel|e-?mail)"
    r"|original (?:message|e-?mail)|forwarded (?:message|by\b.{1,60}))[-_=*~ ]{2,40}"
    r"|begin forwarded message:|(?:awal|mulai) pesan (?:yang )?(?:terusan|diteruskan):?|pesan (?:yang )?diteruskan:",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"[-_=*~ ]{2,40}(?:(?:pesan|surel|e-?mail)(?: yang)? (?:terusan|diteruskan)"
    r"|forwarded (?:message|e-?mail|by\b.{1,60}))[-_=*~ ]{2,40}"
    r"|begin forwarded message:|(?:awal|mulai) pesan (?:yang )?(?:terusan|diteruskan):?|pesan (?:yang )?diteruskan:",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[*_ ]{0,3}(dari|pengirim|from|dikirim|sent|tanggal|date|tgl|kepada|ke|to|cc|tembusan|bcc|perihal|subjek"
    r"|subject|hal|judul|balas ke|reply-to)[*_ ]{0,3}:[*_ ]{0,3}(.*)",
    re.IGNORECASE,
)
_WHO, _WHEN = ("dari", "pengirim", "from"), ("dikirim", "sent", "tanggal", "date", "tgl")
_RULE = re.compile(r"[_\u2014\u2500-]{8,}$|[*=]{8,}$")
_SIGNATURE = re.compile(r"-- ?$|\u2014$")
_DEVICE = re.compile(
    r"(?:(?:dikirim|terkirim|diunduh|dibalas|diposting|dibuat|sent|posted|downloaded|powered|enviado)\b.{0,12}"
    r"\b(?:dari|from|via|melalui|menggunakan|lewat|using|pakai|dengan|with|by|desde)\b|get|dapatkan|unduh)"
    r"(?!.{0,60}\b(?:ke|to|belum|blm|tidak|tdk)\b) .{0,30}"
    r"\b(?:iphone|ipad|ios|android|samsung|galaxy|xiaomi|redmi|poco|oppo|vivo|realme|huawei|infinix|itel|tecno|advan"
    r"|nokia|blackberry|asus|lenovo|sony|lg|outlook|yahoo|ymail|gmail|mail|bluemail|hotmail|aol|proton|windows|smartphone"
    r"|ponsel|perangkat|hp|handphone|telepon|tablet|phone|mobile|seluler)\b[^.!?]{0,40}[.!?]?(?: ?<https?://[^<> ]+>)?$"
    r"|yahoo mail: (?:cari, atur, taklukkan|search, organize, conquer)(?: ?<https?://[^<> ]+>)?$",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What the person newly wrote; "" when everything is quoted. Answers below or between quoted lines are kept."""
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    kept = "\n".join(line.rstrip() for line in _new_lines(lines))
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def passed_on(text: str, *, forwards: bool = False) -> str:
    """What the person passes on: the text below "Forwarded message" or "Pesan yang diteruskan" and its headers; of a
    mail whose subject says that it `forwards`, whatever it quotes. "" for a plain answer.
    """
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    seen = [_plain(line) for line in lines]
    anything = False
    for at, line in enumerate(seen):
        if _QUOTED.match(line):
            if forwards:
                return _unquoted(lines[at:])
            continue
        below = _quote_begins(seen, at, anything or forwards)
        if below > at:
            return _unquoted(lines[below:]) if forwards or _PASSED_ON.fullmatch(line) else ""
        anything = anything or bool(line)
    return ""


def _unquoted(lines: Sequence[str]) -> str:
    """The lines without one depth of marks, and without the headers that stand on top."""
    bare = [_QUOTED.sub("", line).strip() for line in lines]
    seen = [_plain(line) for line in bare]
    top = _past_blanks(seen, 0)
    if _is_block(seen, top, after_rule=True):
        bare = bare[_past_headers(seen, top) :]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(bare)).strip()


def _new_lines(lines: Sequence[str]) -> Iterator[str]:
    seen = [_plain(line) for line in lines]
    at, anything, signed = 0, False, False
    while at < len(lines):
        if _QUOTED.match(seen[at]):
            at, signed = at + 1, False
            continue
        quote = _quote_begins(seen, at, anything)
        if quote > at:
            after = _past_blanks(seen, quote)
            if after >= len(lines) or not _QUOTED.match(seen[after]):
                return  # no marks on what follows: all of it is the past
            at, signed = after, False
            continue
        signed = signed or bool(_SIGNATURE.match(seen[at]))
        if not signed and not _DEVICE.match(seen[at]) and not _RULE.match(seen[at]):
            inside = _ATTRIBUTION_INSIDE.search(seen[at])
            if inside:
                # a program without line breaks: the answer, the attribution and the quote stand in one line
                yield seen[at][: inside.start()]
                if _past_blanks(seen, at + 1) < len(lines) and not _QUOTED.match(seen[_past_blanks(seen, at + 1)]):
                    return
            else:
                yield lines[at]
            anything = anything or bool(seen[at])
        at += 1


def _plain(line: str) -> str:
    """The beginning of a line as it looks: one kind of space, nothing invisible."""
    return " ".join(line[:_LONGEST].translate(_INVISIBLE).split())


def _quote_begins(seen: Sequence[str], at: int, anything: bool) -> int:
    """The line after the announcement of a quote that begins at `at`, or `at` when none does."""
    if not seen[at]:
        return at
    if _SEPARATOR.fullmatch(seen[at]):
        return _past_headers(seen, at + 1)
    if _RULE.match(seen[at]):
        below = _past_blanks(seen, at + 1)
        return _past_headers(seen, below) if _is_block(seen, below, after_rule=True) else at
    if _is_block(seen, at, after_rule=anything):
        return _past_headers(seen, at)
    return _past_attribution(seen, at)


def _past_attribution(seen: Sequence[str], at: int) -> int:
    below = _past_blanks(seen, at + 1)
    if _QUOTING.match(seen[at]) and below < len(seen) and _QUOTED.match(seen[below]):
        return at + 1
    if _FOREIGN.search(seen[at]) and _SAYS_WHEN.search(_ADDRESS.sub("", seen[at])):
        return at + 1
    if not _ATTRIBUTION_START.match(seen[at]):
        return at
    joined = ""
    for end in range(at, min(at + _WRAPS, len(seen))):
        if not seen[end] or _QUOTED.match(seen[end]):
            return at
        joined = f"{joined} {seen[end]}".strip()
        if _ATTRIBUTION_END.search(joined[-120:]):
            return end + 1 if _SAYS_WHEN.search(joined) else at
    return at


def _is_block(seen: Sequence[str], at: int, *, after_rule: bool) -> bool:
    """Do a quoted mail's headers begin here? A citizen's own letter also says "Dari:" and "Perihal:", but no hour."""
    first = _HEADER.fullmatch(seen[at]) if at < len(seen) else None
    if first is None or first[1].lower() not in _WHO:
        return False
    names, dated = {first[1].lower()}, False
    for line in seen[at + 1 : at + _BLOCK]:
        header = _HEADER.fullmatch(line)
        if header:
            names.add(header[1].lower())
            dated = dated or (header[1].lower() in _WHEN and any(sign.isdigit() for sign in header[2]))
    return len(names) >= 3 and dated and (after_rule or "@" in first[2] or "<" in first[2])


def _past_headers(seen: Sequence[str], at: int) -> int:
    """The first line below the headers; one blank line may stand before them and folded values between them."""
    below = _past_blanks(seen, at)
    last = -1
    for end in range(below, min(below + _BLOCK, len(seen))):
        if not seen[end] or _QUOTED.match(seen[end]):
            break
        if _HEADER.fullmatch(seen[end]):
            last = end
    return last + 1 if last >= 0 else below


def _past_blanks(seen: Sequence[str], at: int) -> int:
    while at < len(seen) and not seen[at]:
        at += 1
    return at
