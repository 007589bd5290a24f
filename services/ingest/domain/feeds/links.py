"""The canonical form of a link, by which two links to one page are equal."""

from __future__ import annotations

from typing import Final

from yarl import URL

from services.ingest.domain.feeds.feed_file import is_web_url

LONGEST: Final = 1_000
_PREFIXES: Final = ("utm_", "mc_", "pk_", "hsa_", "guce_", "at_")
_NAMES: Final = frozenset(
    {
        ".tsrc",
        "cmpid",
        "cid",
        "dclid",
        "fbclid",
        "feature",
        "ftag",
        "gclid",
        "guccounter",
        "igshid",
        "mod",
        "msclkid",
        "ncid",
        "ns_campaign",
        "ns_mchannel",
        "ocid",
        "partner",
        "ref",
        "ref_src",
        "referrer",
        "rss",
        "siteid",
        "source",
        "src",
        "taid",
        "tsrc",
        "yclid",
        "yptr",
    }
)
"""Parameters that say how a reader came to the page, not which page it is."""


def canonical_link(link: str) -> str | None:
    """The link without tracking parameters, fragment and default port; None for what is no web page.

    >>> canonical_link("HTTPS://News.Example:443/a?id=7&utm_source=rss&.tsrc=rss#top")
    'https://news.example/a?id=7'
    >>> canonical_link("javascript:alert(1)"), canonical_link("/a"), canonical_link("https://me:pw@a.example/")
    (None, None, None)
    """
    if len(link) > LONGEST or not is_web_url(link):
        return None
    url = URL(link).with_fragment(None)
    if url.explicit_port is not None and url.is_default_port():
        url = url.with_port(None)
    kept = [(name, value) for name, value in url.query.items() if not _tracks(name.lower())]
    if len(kept) != len(url.query):
        url = url.with_query(kept or None)
    text = str(url)
    return text if len(text) <= LONGEST else None


def _tracks(name: str) -> bool:
    return name in _NAMES or name.startswith(_PREFIXES)
