"""The pages: files that are read once, and HTML with everything from outside escaped."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from simtui.rating.texts import sentence
from simtui.study.model import Study

FOLDER = Path(__file__).with_name("page")

FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "vendor/xterm.css": "text/css",
    "vendor/xterm.js": "text/javascript",
    "vendor/addon-webgl.js": "text/javascript",
    "vendor/addon-fit.js": "text/javascript",
}

HEADERS = {
    # xterm.js makes style sheets of its own; nothing else is allowed that does not come from here.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
    # The address of the page may hold the id that another service knows somebody by.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class File:
    """One of the page's files. data: compressed with gzip."""

    kind: str
    data: bytes


class Pages:
    """Of one study, in its words. version: of the files, a part of their addresses."""

    def __init__(self, study: Study) -> None:
        self._study = study
        read = {name: (FOLDER / name).read_bytes() for name in FILES}
        self.version = hashlib.sha256(b"".join(read.values())).hexdigest()[:12]
        self.files = {
            name.rpartition("/")[2]: File(FILES[name], gzip.compress(data, mtime=0)) for name, data in read.items()
        }
        self._page, self._door = (
            Template((FOLDER / name).read_text(encoding="utf-8")) for name in ("page.html", "door.html")
        )

    def _say(self, name: str) -> str:
        return escape(sentence(self._study, name))

    def terminal(self, token: str) -> str:
        """The page with the terminal. token: good for one socket."""
        texts = {name: sentence(self._study, f"host_{name}") for name in ("webgl", "small", "zoom", "lost")}
        return self._page.substitute(
            title=self._say("title"),
            version=self.version,
            token=escape(token),
            texts=escape(json.dumps(texts)),
            noscript=self._say("host_script"),
        )

    def door(self, message: str = "", *, participant_id: str = "", code: bool = False, asks: bool = True) -> str:
        """The page before: who comes, and the study's code where one is needed.

        message: what went wrong. asks: whether anything can be typed.
        """
        form = ""
        if asks:
            focus = ["autofocus", ""] if not participant_id else ["", "autofocus"]
            fields = [_field("id", self._say("participant_prompt"), escape(participant_id), focus[0])]
            if code:
                fields.append(_field("code", self._say("host_code"), "", focus[1], "password"))
            form = f'<form method="post">{"".join(fields)} <p><button>{self._say("host_enter")}</button></p></form>'
        return self._door.substitute(
            title=self._say("title") or "simtui", version=self.version, message=escape(message), form=form
        )


def _field(name: str, label: str, value: str, focus: str, kind: str = "text") -> str:
    return (
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{kind}" value="{value}" '
        f'maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" required {focus}>'
    )
