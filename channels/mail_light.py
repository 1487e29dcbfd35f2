"""A mail that is too heavy to keep whole: its great attachments are left out, its words stay. Pure; works on the bytes
as they came, because taking such a mail apart properly costs several times its size in memory.
"""

import re

from channels.mail_parts import BIGGEST_FILE, DROPPED

HEAVY = BIGGEST_FILE * 4 // 3  # bytes of a part in base64, from which on nobody could keep it anyway
LONGEST_HEAD = 64 * 1024  # bytes of a part's headers
MOST_BOUNDARIES = 60
_BOUNDARY = re.compile(rb"boundary\s*=\s*(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_TEXT = re.compile(rb"^content-type:\s*(?:text|multipart)/", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")


def lighten(mail: bytes) -> bytes:
    """The mail without attachments above what is kept; each leaves its headers and how many bytes it had."""
    if len(mail) <= HEAVY:
        return mail
    kept, done = [], 0
    for start, end in _parts(mail):
        if end - start <= HEAVY:
            continue
        head = _END.search(mail, start, min(start + LONGEST_HEAD, end))
        if head is None or _TEXT.search(mail, start, head.start()):
            continue
        size = (end - head.end()) * 3 // 4
        kept += [mail[done : head.start()], b"\r\n%s: %d\r\n\r\n" % (DROPPED.encode(), size)]
        done = end
    return b"".join([*kept, mail[done:]]) if kept else mail


def _parts(mail: bytes) -> list[tuple[int, int]]:
    """Where each part begins, after the line that separates it, and ends, in order and never overlapping."""
    names = {found[1] or found[2] for found in _BOUNDARY.finditer(mail)}
    if not names or len(names) > MOST_BOUNDARIES:
        return []
    lines = re.compile(rb"\r?\n--(?:%b)(?:--)?[ \t]*(?=\r?\n|\Z)" % b"|".join(map(re.escape, sorted(names))))
    cuts = [(found.start(), found.end()) for found in lines.finditer(mail)]
    return [(end, cuts[at + 1][0]) for at, (_, end) in enumerate(cuts[:-1])]
