"""An ``az`` to be put first on PATH: signed in or not, quick or slow, sound or broken."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from .tokens import OBJECT, SUBSCRIPTION, TENANT, Tokens, unpadded

# A shell script, because Azure's own takes long enough to start. Each call makes a new token.
_SCRIPT = r"""#!/bin/sh
PATH=/usr/bin:/bin:$PATH
cd {folder} || exit 70
printf '%s\n' "$*" >> calls
[ -s seconds ] && sleep "$(cat seconds)"
if [ -s complaint ]; then cat complaint >&2; exit 1; fi
if [ -s garbage ]; then cat garbage; exit 0; fi
case "$1 $2" in
"account get-access-token") ;;
"account show") cat account; exit 0 ;;
*) echo "ERROR: '$1' is misspelled or not recognized by the system." >&2; exit 2 ;;
esac
audience=https://api.loganalytics.io
while [ $# -gt 0 ]; do
    case "$1" in
    --resource) audience=$2 ;;
    --scope) audience=${{2%/.default}} ;;
    esac
    shift
done
now=$(date +%s)
form='+%Y-%m-%d %H:%M:%S.000000'
expires=$((now + $(cat lifetime)))
claims=$(printf '{{"aud":"%s","exp":%s,"iat":%s,%s,"uti":"az-%s-%s"}}' \
    "$audience" "$expires" "$now" "$(cat who)" "$now" $$ |
    base64 | tr -d '=\n' | tr '+/' '-_')
printf '{{"accessToken": "%s.%s.%s", "expiresOn": "%s", "expires_on": %s,' \
    {head} "$claims" "$(cat word)" \
    "$(date -d "@$expires" "$form" 2>/dev/null || date -r "$expires" "$form")" "$expires"
printf ' "subscription": "%s", "tenant": "%s", "tokenType": "Bearer"}}\n' {subscription} {tenant}
"""


class AzScript:
    """The script in its folder, signed in at first.

    Attributes:
        folder: to be put first on PATH.
    """

    def __init__(self, folder: Path, tokens: Tokens) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        head = unpadded({"typ": "JWT", "alg": "RS256"})
        ours = {"tenant": TENANT, "subscription": SUBSCRIPTION, "head": head}
        script = _SCRIPT.format(folder=shlex.quote(str(folder)), **ours)
        self._write("az", script)
        (folder / "az").chmod(0o755)
        self._tokens = tokens
        self._know(tokens.word)
        tokens.told_on_revoke.append(self._know)
        self.sign_in()

    def close(self) -> None:
        """Tokens of later calls are worth nothing once all have been revoked."""
        self._tokens.told_on_revoke.remove(self._know)

    def _know(self, word: str) -> None:
        self._write("word", word)

    @property
    def calls(self) -> list[str]:
        """The arguments of every call so far."""
        file = self.folder / "calls"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def path(self) -> str:
        """PATH with this ``az`` before all others."""
        return f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"

    def sign_in(self, expires_in: int = 3600, upn: str = "mei@example.test") -> None:
        """From here on every call gives a new token that lasts so many seconds."""
        self._behave()
        self._write("lifetime", str(expires_in))
        self._write("who", f'"oid":"{OBJECT}","tid":"{TENANT}","upn":"{upn}"')
        account = f'{{"tenantId": "{TENANT}", "user": {{"name": "{upn}", "type": "user"}}}}\n'
        self._write("account", account)

    def not_signed_in(self) -> None:
        self._behave(complaint="ERROR: Please run 'az login' to setup account.\n")

    def login_expired(self) -> None:
        self._behave(
            complaint="ERROR: AADSTS700082: The refresh token has expired due to inactivity. "
            "The token was issued on 2026-05-01T08:00:00Z and was inactive for 90.00:00:00.\n"
            "Interactive authentication is needed. Please run:\naz login\n"
        )

    def garbage(self, text: str = "This command is in preview\n") -> None:
        """Something that is no JSON, and success."""
        self._behave(garbage=text)

    def slow(self, seconds: float) -> None:
        """Every call sleeps first; signed in as before."""
        self._behave(seconds=f"{seconds:g}")

    def _behave(self, complaint: str = "", garbage: str = "", seconds: str = "") -> None:
        self._write("complaint", complaint)
        self._write("garbage", garbage)
        self._write("seconds", seconds)

    def _write(self, name: str, text: str) -> None:
        # Replaced as a whole: a call that runs right now reads the old or the new.
        fresh = self.folder / f"{name}.new"
        fresh.write_text(text, "utf-8")
        os.replace(fresh, self.folder / name)
