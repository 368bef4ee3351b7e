"""Refuses requests without the token, from other machines, and changes that come from other pages."""

from __future__ import annotations

from secrets import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.language import Language, language_of_browser, shown
from pipeline.messages import Text, t

HOSTS = ("127.0.0.1", "localhost", "[::1]")
LARGEST_BODY = 1_000_000  # bytes; the texts of a row are a few thousand

POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Passes requests that have the token, and adds headers that restrict the browser.

    The name of the host is checked, so that no page elsewhere reaches this one by a name that leads to this machine.
    """

    def __init__(self, app: ASGIApp, token: str, language: Language | None = None) -> None:
        self._app, self._token, self._language = app, token.encode(), language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if (refused := self._refused(scope)) is None:
            await self._app(scope, receive, guarded)
            return
        status, reason = refused
        language = language_of_browser(Headers(scope=scope).get("accept-language", ""), self._language)
        await PlainTextResponse(shown(reason, language), status)(scope, receive, guarded)

    def _refused(self, scope: Scope) -> tuple[int, Text] | None:
        """The status and the reason of a refusal; None for a request that may pass."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in HOSTS and host not in HOSTS:
            return 421, t("unknown host")
        given = scope["path"].encode().split(b"/")[1:2]
        if not given or not compare_digest(given[0], self._token):
            return 404, t("not found: use the address that `budget-forms review` has printed")
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return 405, t("method not allowed")
        if headers.get("origin") != f"http://{host}" or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, t("changes are taken from the page itself only")
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return 415, t("JSON is needed")
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return 413, t("the body is too large, or its length is missing")
        return None
