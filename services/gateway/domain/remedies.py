"""What a client can do about each type of problem: the text of its page. Text between backticks is code."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

REMEDIES: Final = MappingProxyType(
    {
        "invalid-parameter": (
            "`field` names the parameter or the field of the body, `value` has what was sent, `detail` says what is "
            "allowed. The status is 422 where each value is allowed and they do not fit together, such as a start after the"
            " end."
        ),
        "invalid-condition": (
            "`code` is the error's code, `position` where it is in the text, `caret` the text with a mark below that "
            "position. The page on conditions has the grammar."
        ),
        "unknown-parameter": "Leave the parameter out, or correct its name: `detail` lists the names of this resource.",
        "malformed-request": "Send HTTP/1.1, and a body that is JSON where the resource takes one.",
        "unauthorized": (
            "Send a key: `Authorization: Bearer KEY`. The operator creates keys with `python -m services.gateway keys create`."
        ),
        "forbidden": (
            "Use a key with the scope that `detail` names. GET /v1/keys/self shows the scopes of a key; they stay as they are. "
            "The operator creates another one with "
            "`python -m services.gateway keys create --name NAME --owner OWNER --scopes SCOPE,SCOPE`."
        ),
        "unknown-key": "GET /v1/keys lists the keys.",
        "conflict": "`detail` says what stands against it. Where an Idempotency-Key was used twice at once, send it again.",
        "changed": "Read the resource again, and send its new ETag as If-Match.",
        "precondition-required": "Read the resource first, and send its ETag as If-Match; `If-Match: *` takes any state.",
        "not-yours": "Only the client that requested a job may cancel it.",
        "job-ended": "Nothing is to be done: the job has a result, or an error that says why it has none.",
        "not-json": "Send the header `Content-Type: application/json`.",
        "too-many-jobs": "Wait until some of your jobs are done, or cancel one. `detail` says how many wait.",
        "forbidden-origin": "The operator lists the origins of web pages that may read in CORS_ORIGINS.",
        "not-found": "Check the path; /docs lists the resources.",
        "unknown-symbol": "/v1/instruments finds the symbol.",
        "unknown-industry": "/v1/industries lists them.",
        "method-not-allowed": "The header Allow lists the methods of this resource.",
        "body-too-large": "Send a smaller body; `detail` has the limit.",
        "url-too-long": "Send a shorter URL; `detail` has the limit. Ask for fewer symbols at once, or for an industry.",
        "misdirected-host": "Use a name of this server. The operator lists further names in ALLOWED_HOSTS.",
        "upgrade-required": "Connect with a WebSocket client.",
        "rate-limited": (
            "Wait as many seconds as Retry-After says. The headers RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset"
            " show how much is left before that."
        ),
        "internal": "The operator finds the error in the log. Try again later.",
        "unavailable": "Try again after Retry-After seconds. Data in memory, such as quotes, is answered all the same.",
        "timeout": "Ask for less at once, or try again later.",
    }
)
