// The news feeds: when each was read, and what failed.
import { api } from "../../data/api";
import type { NewsFeed } from "../../data/types";
import { clockTime } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

function whyNeverRead(feed: NewsFeed): string {
  if (feed.replayed) return t("why-feed-played");
  return t(feed.state === "disabled" ? "why-feed-disabled" : "why-not-reported");
}

export function Feeds() {
  const reading = useReading((cancelled) => api.feeds(cancelled), []);
  const feeds = reading.value?.results ?? [];
  const columns: Column<NewsFeed>[] = [
    { id: "feed", title: t("feed-column"), by: (row) => row.feed, cell: (row) => <span title={row.url}>{row.feed}</span> },
    {
      id: "state",
      title: t("state"),
      by: (row) => row.state,
      cell: (row) => (
        <span class={`state ${row.state}`}>
          {t(`feed-state-${row.state}`)}
          {row.replayed && ` · ${t("replayed-short")}`}
        </span>
      ),
    },
    {
      id: "reason",
      title: t("reason"),
      by: (row) => row.reason,
      cell: (row) => (row.reason ? <span title={row.detail}>{row.reason}</span> : ""),
    },
    { id: "failures", title: t("failures"), numeric: true, by: (row) => row.failures, cell: (row) => row.failures },
    { id: "articles", title: t("articles-day"), numeric: true, by: (row) => row.articles_day, cell: (row) => row.articles_day },
    {
      id: "last",
      title: t("last-article"),
      by: (row) => row.last_article,
      cell: (row) => (row.last_article ? clockTime(row.last_article) : <Missing why={t("why-not-reported")} />),
    },
    {
      id: "next",
      title: t("next-read"),
      by: (row) => row.next_try,
      cell: (row) => (row.next_try ? clockTime(row.next_try) : <Missing why={whyNeverRead(row)} />),
    },
  ];
  return (
    <Panel id="feeds" class="wide" title={t("feeds")}>
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && feeds.length === 0 && <Empty>{t("no-feeds")}</Empty>}
      {feeds.length > 0 && <Table label={t("feeds")} columns={columns} rows={feeds} rowKey={(row) => row.feed} />}
    </Panel>
  );
}
