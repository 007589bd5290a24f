"""Feeds, articles, stories and translations."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text, false

from shared.tables.columns import Blob, Long, metadata

feeds: Final = Table(
    "feeds",
    metadata,
    Column("feed", String(80), primary_key=True, comment="line of the file of feeds, with :SYMBOL for a feed of one instrument"),
    Column("line", String(40), nullable=False),
    Column("publisher", String(64), nullable=False),
    Column("url", String(600), nullable=False),
    Column("language", String(2), nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("state", String(8), nullable=False, comment="new, ok, failing or disabled"),
    Column("reason", String(24), nullable=False, comment="why it fails or is disabled, in one word"),
    Column("detail", String(255), nullable=False, comment="the error in full"),
    Column("etag", String(255), nullable=False, comment="of the document that was published last"),
    Column("modified", String(255), nullable=False, comment="its Last-Modified"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("last_try", BigInteger),
    Column("last_success", BigInteger),
    Column("last_article", BigInteger, comment="when it last had a new article"),
    Column("next_try", BigInteger, comment="none while it is disabled"),
    Column("updated_at", BigInteger, nullable=False),
    Column(
        "replayed",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="a tape plays it: samples, not news",
    ),
    comment="writer: ingest",
)

feed_articles: Final = Table(
    "feed_articles",
    metadata,
    Column("article", String(32), primary_key=True, comment="id of the article"),
    Column("content", String(32), primary_key=True, comment="its content, as published"),
    Column("feed", String(80), nullable=False, comment="the feed that had it first"),
    Column("first_at", BigInteger, nullable=False, index=True, comment="when it was received"),
    Column(
        "seen_at", BigInteger, nullable=False, index=True, comment="when a feed last had it, to a day; 30 days later the row goes"
    ),
    comment="writer: ingest. What has been published, so that it is not published again.",
)

translations: Final = Table(
    "translations",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of both languages and the text"),
    Column("translation", Text, nullable=False),
    Column("translator", String(24), nullable=False, comment="local, libretranslate, deepl or papago"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_translations_created_at", "created_at"),
    comment="writer: analysis news. Translated sentences, so that none is paid for twice",
)

translation_usage: Final = Table(
    "translation_usage",
    metadata,
    Column("translator", String(24), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="yyyymmdd, UTC"),
    Column("characters", BigInteger, nullable=False, comment="sent to it, or about to be"),
    comment="writer: analysis news",
)

articles: Final = Table(
    "articles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("story_id", String(32), nullable=False, index=True),
    Column("ts_event", BigInteger, nullable=False, index=True),
    Column("ts_init", BigInteger, nullable=False, comment="when its newest content was received; an older one changes nothing"),
    Column("body", Long, nullable=False, comment="the Article event as JSON"),
    Column("traits", Long, nullable=False, comment="JSON: what of the title is compared with other titles"),
    Column("signature", Blob, nullable=False, comment="MinHash of the title, 32 uint32"),
    Column("vector", Blob, nullable=False, comment="embedding of the title, 384 float16; empty where there is none"),
    Column("nearest", String(32), nullable=False, comment="the article that brought it into its story; empty for the first"),
    Column("cosine", Double, comment="of the two titles"),
    comment="writer: analysis news",
)

stories: Final = Table(
    "stories",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("language", String(8), nullable=False),
    Column("category", String(16), nullable=False),
    Column("importance", Double, nullable=False),
    Column("search", Long, nullable=False, comment="titles and summary in lower case, NFKC, both languages"),
    Column("body", Long, nullable=False, comment="the newest Story event as JSON"),
    Column("pending", Boolean, nullable=False, index=True, comment="this revision is not yet on news.stories.v1"),
    Column("reaction_due", BigInteger, index=True, comment="event time from which a reaction may be known; null: none is awaited"),
    Column("translation_due", BigInteger, index=True, comment="when to translate it next; null: not"),
    Column("translation_tries", Integer, nullable=False, default=0),
    Index("ix_stories_first_seen_id", "first_seen", "id"),
    comment="writer: analysis news",
)

story_labels: Final = Table(
    "story_labels",
    metadata,
    Column("kind", String(12), primary_key=True, comment="symbol, industry or publisher"),
    Column("name", String(64), primary_key=True),
    Column("first_seen", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", String(32), primary_key=True, index=True),
    comment="writer: analysis news. What a story can be found by",
)

story_history: Final = Table(
    "story_history",
    metadata,
    Column("kind", String(12), primary_key=True, comment="symbol or industry"),
    Column("name", String(64), primary_key=True),
    Column(
        "known_at",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="from then on the story had the link and the importance",
    ),
    Column("story_id", String(32), primary_key=True, index=True),
    Column("first_seen", BigInteger, nullable=False),
    Column("importance", Double, nullable=False),
    Index("ix_story_history_known_at", "known_at"),
    comment="writer: analysis news. What was known of stories, and when",
)

story_vectors: Final = Table(
    "story_vectors",
    metadata,
    Column("story_id", String(32), primary_key=True),
    Column("vector", Blob, nullable=False, comment="embedding of its first title, 384 float16"),
    comment="writer: analysis news. What a story was about when it was first stored",
)

story_splits: Final = Table(
    "story_splits",
    metadata,
    Column("story_id", String(32), primary_key=True),
    Column("article_id", String(32), primary_key=True),
    Column("requested_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("new_story_id", String(32), nullable=False, default=""),
    Column("error", String(255), nullable=False, default=""),
    comment="writer: analysis news. Articles to take out of a story, by command",
)

news_owner: Final = Table(
    "news_owner",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1"),
    Column("token", String(32), nullable=False, comment="of the process that alone writes stories; empty: none"),
    Column("lease_until", BigInteger, nullable=False, comment="another process may take over after this"),
    comment="writer: analysis news",
)
