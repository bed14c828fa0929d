"""Why a response of the app can't be used."""

from __future__ import annotations

from offhook.events import Warned
from offhook.needs import Response

NO_CONNECTION = 11205


def succeeded(response: Response) -> bool:
    """Whether the app answered with success."""
    return 200 <= response.status < 300  # noqa: PLR2004 - HTTP's own success range


def failure(response: Response) -> Warned:
    """Why a response is no document, with the debugger's code."""
    why = response.body.decode(errors="replace")
    if response.status == 0 and response.error == NO_CONNECTION:
        remedy = "Start the app, or mend the URL."
        return Warned(NO_CONNECTION, f"the app could not be reached ({why})", remedy)
    if response.status == 0:
        remedy = "Answer within 15 s, whole, at a URL that can be read."
        return Warned(response.error, f"the app gave no answer that can be used ({why})", remedy)
    remedy = "Look into the app's log; 403 often means that the signature did not match."
    return Warned(11200, f"the app answered with HTTP {response.status}", remedy)
