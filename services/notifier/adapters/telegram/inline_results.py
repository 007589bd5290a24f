"""Answers of inline mode as Telegram's articles."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from services.notifier.domain.messages import InlineAnswer, InlineItem


async def answer_inline(bot: Bot, query_id: str, answer: InlineAnswer) -> None:
    """Answer a query. It is personal, since texts have the language of the person. Raises the errors of ``api``."""
    results = [_article(item) for item in answer.items]
    await bot.answer_inline_query(query_id, results, cache_time=answer.seconds, is_personal=True)  # type: ignore[arg-type]


def _article(item: InlineItem) -> InlineQueryResultArticle:
    button = InlineKeyboardButton(text=item.button.label, url=item.button.url)
    preview = LinkPreviewOptions(is_disabled=True)
    return InlineQueryResultArticle(
        id=item.id,
        title=item.title,
        description=item.about,
        input_message_content=InputTextMessageContent(message_text=item.text, parse_mode="HTML", link_preview_options=preview),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )
