"""What a rating process leaves out, in processes of their own: what is imported here stays imported."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import Any


def told(*lines: str) -> dict[str, Any]:
    """What a fresh Python says after `startup.begin` and these lines; they fill `seen`."""
    program = ["import gc, json, sys", "from simtui.rating import startup", "startup.begin()", "seen = {}", *lines]
    program.append("print(json.dumps(seen))")
    done = subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_no_openssl_and_the_same_hashes() -> None:
    seen = told(
        "import asyncio, hashlib, secrets",
        "seen['digest'] = hashlib.sha256(b'a study').hexdigest()",
        "seen['token'] = len(secrets.token_bytes(8))",
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else ''",
        "seen['openssl'] = 'libcrypto' in maps or sys.modules.get('_ssl') is not None",
    )
    assert seen == {"digest": hashlib.sha256(b"a study").hexdigest(), "token": 8, "openssl": False}


def test_an_event_loop_runs_without_it() -> None:
    seen = told(
        "import asyncio",
        "async def main(): return await asyncio.to_thread(lambda: 7)",
        "seen['answer'] = asyncio.run(main())",
    )
    assert seen == {"answer": 7}


def test_garbage_is_collected_again_once_settled() -> None:
    seen = told("seen['before'] = gc.isenabled()", "startup.settle()", "seen['after'] = gc.isenabled()")
    assert seen == {"before": False, "after": True}


def test_what_is_already_loaded_stays() -> None:
    program = "import ssl, sys; from simtui.rating import startup; startup.begin(); print(sys.modules['ssl'] is ssl)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
