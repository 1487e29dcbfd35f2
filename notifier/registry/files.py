"""Finds out what a file is, by its first bytes and never by its name, and opens it as a table.

Does not know what a row means. A file that cannot be read whole raises `Unreadable` before anything is done with it.
"""

from pathlib import Path

from notifier.registry import delimited, workbooks
from notifier.registry.tables import Layout, Source, Unreadable

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one locked with a password"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3", "a database"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b"{", "a JSON document"),
)


def open_table(path: Path, layout: Layout) -> Source:
    """Look at a file and find its header. Raises Unreadable with a sentence."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise Unreadable(f"{path}: {(error.strerror or str(error)).lower()}; give the path of a file") from None
    if not head.strip():
        raise Unreadable(f"{path}: the file is empty; export the register again")
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")
    if found == "zip":
        return workbooks.open_workbook(path, layout)
    if found:
        raise Unreadable(f"{path}: this is {found}, not a table; save it as CSV or XLSX")
    return delimited.open_delimited(path, layout)
