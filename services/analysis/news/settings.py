"""Settings of ``analysis news``, read from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from shared.settings import MeshSettings

FREE_DEEPL: Final = "https://api-free.deepl.com"
PAID_DEEPL: Final = "https://api.deepl.com"


class TranslatorSettings(MeshSettings):
    """Settings of the translators of stories. They are tried in the order in which they stand here."""

    translation_model: Path | None = None
    """Folder of an English-Korean model of Firefox Translations: ``model*.bin``, ``vocab*.spm`` (or ``srcvocab*.spm`` and
    ``trgvocab*.spm``), and ``lex*.bin`` if there is one. It runs in a process of its own."""
    libretranslate_url: str = ""
    """Address of a LibreTranslate server, as in ``http://127.0.0.1:5000``."""
    libretranslate_key: SecretStr = SecretStr("")
    """API key of that server, if it wants one."""
    libretranslate_daily: int = Field(default=1_000_000, ge=0)
    """Characters a day sent to LibreTranslate; days are in UTC."""
    deepl_key: SecretStr = SecretStr("")
    """Authentication key of DeepL. One that ends in ``:fx`` is of the free plan and has a host of its own."""
    deepl_url: str = ""
    """Address of DeepL, for a proxy or a stand-in; empty: the host of the key's plan."""
    deepl_daily: int = Field(default=16_000, ge=0)
    """Characters a day sent to DeepL. Its free plan has 500,000 a month."""
    papago_key_id: SecretStr = SecretStr("")
    """Id of the key of Papago (NAVER Cloud)."""
    papago_key: SecretStr = SecretStr("")
    """Key of Papago."""
    papago_url: str = "https://papago.apigw.ntruss.com"
    """Address of Papago."""
    papago_daily: int = Field(default=16_000, ge=0)
    """Characters a day sent to Papago, which charges by them."""
    translation_seconds: float = Field(default=10.0, gt=0, le=120)
    """Longest time of one request to a translator."""
    translation_pause_seconds: float = Field(default=300.0, gt=0)
    """How long a translator is left alone after three failures in a row, or after it has asked for a pause."""
    translation_cache_days: int = Field(default=90, ge=1)
    """Days for which a translation is kept."""

    @field_validator("libretranslate_url", "deepl_url", "papago_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("not an address that begins with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole_papago_key(self) -> Self:
        if bool(self.papago_key_id.get_secret_value()) != bool(self.papago_key.get_secret_value()):
            raise ValueError("PAPAGO_KEY_ID and PAPAGO_KEY: Papago needs both")
        return self

    @property
    def deepl_address(self) -> str:
        """Where DeepL is asked."""
        if self.deepl_url:
            return self.deepl_url
        return FREE_DEEPL if self.deepl_key.get_secret_value().endswith(":fx") else PAID_DEEPL


class NewsSettings(TranslatorSettings):
    """Settings of ``python -m services.analysis news``."""

    probe_port: int = Field(default=9107, ge=0, le=65535)
    """Port for the probes."""
    news_group: str = "analysis-news"
    """Consumer group. One member works; others wait until it ends."""
    news_batch: int = Field(default=32, ge=1, le=500)
    """Articles taken from Kafka at a time: their titles are embedded together."""
    news_lease_seconds: float = Field(default=10.0, gt=1)
    """Another process takes over when the one that writes stories has not reported for this long."""
    news_index_most: int = Field(default=100_000, ge=100, le=1_000_000)
    """Newest articles of 30 days with which a new one is compared; each takes about 2.5 KB of memory."""
    news_article_days: int = Field(default=30, ge=1)
    """Days beyond the merging time for which the articles of a story are kept after its newest one.
    The story keeps their headlines."""
    news_story_days: int = Field(default=730, ge=1)
    """Days since it was first seen for which a story is kept; longer while its articles are."""
    news_roster_seconds: float = Field(default=30.0, gt=0)
    """How often instruments, their names and industries are read again."""
    news_watch_seconds: float = Field(default=30.0, gt=0)
    """How often watchlists and instruments are read again: importance depends on the former, links on the latter."""
    news_reaction_seconds: float = Field(default=10.0, gt=0)
    """How often is looked whether bars say what linked instruments did after a story."""
    news_command_seconds: float = Field(default=1.0, gt=0)
    """How often is looked whether an article is to be split off its story."""
