"""Build hook: puts htmx into the pages' static files, so that no CDN, Node or committed JavaScript is needed.

The django-htmx wheel is a build requirement for the sake of these two files only; nothing of Django runs.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = ("htmx-2.min.js", "ext/hx-sse-2.min.js")  # below django_htmx/static/django_htmx/
VENDOR = "notifier/web/static/vendor"  # git-ignored


class Vendor(BuildHookInterface[Any]):
    """Runs for wheels and for editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy the files and have the wheel take them although git ignores them."""
        vendor = Path(self.root) / VENDOR
        source = _source()
        for name in FILES:
            target = vendor / Path(name).name
            if source is not None:
                vendor.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, target)
            elif not target.exists():
                raise FileNotFoundError(f"{target} is missing and django-htmx, which carries it, is not installed")
            build_data["artifacts"].append(f"/{VENDOR}/{target.name}")


def _source() -> Path | None:
    found = importlib.util.find_spec("django_htmx")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "static" / "django_htmx"
