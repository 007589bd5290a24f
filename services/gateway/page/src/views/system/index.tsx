// What an operator looks at first: services, lag, sources, age of data, what was rejected, jobs.
import { api } from "../../data/api";
import type { NewsFeed, SourceHealth } from "../../data/types";
import { clockTime, dateTime, plain } from "../../i18n/format";
import { reasonText, sourceName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { useThrottled } from "../../ui/throttled";
import { ViewFrame } from "../../ui/view_frame";
import { type Freshness, freshness } from "./freshness";
import { JobQueue, Rejected } from "./operations";

const DRAW_MS = 2000;

export default function SystemView() {
  return (
    <ViewFrame name="system" quotes>
      <Flow />
      <Sources />
      <Feeds />
      <DataAge />
      <Connection />
      <Rejected />
      <JobQueue />
    </ViewFrame>
  );
}

// Whether prices go through: what ingest wrote last, what waits, what analysis published last.
function Flow() {
  const { status, statusError, refreshStatus } = useSessionStatus();
  const found = status.value;
  const time = (iso: string | null) => (iso ? <time dateTime={iso}>{clockTime(iso, true)}</time> : <Missing why={t("why-not-reported")} />);
  return (
    <Panel id="flow" class="third" title={t("flow")}>
      {!found && statusError.value && <Failure error={statusError.value} retry={refreshStatus} />}
      {!found && !statusError.value && <Loading />}
      {found && (
        <dl class="facts">
          <Fact word={t("ticks-grew")}>{time(found.ticks_grew)}</Fact>
          <Fact word={t("analysis-heard")}>{time(found.analysis_heard)}</Fact>
          <Fact word={t("waiting-ticks")}>{found.waiting === null ? <Missing why={t("why-no-lag")} /> : plain(found.waiting, 0)}</Fact>
          <Fact word={t("silent")}>{found.silent === null ? <Missing why={t("why-no-lag")} /> : t(found.silent ? "yes" : "no")}</Fact>
        </dl>
      )}
    </Panel>
  );
}

function Sources() {
  const { status } = useSession();
  const sources = status.value?.sources ?? [];
  const columns: Column<SourceHealth>[] = [
    { id: "source", title: t("source"), by: (row) => row.source, cell: (row) => sourceName(row.source) },
    { id: "target", title: t("target"), by: (row) => row.target, cell: (row) => row.target },
    {
      id: "state",
      title: t("state"),
      by: (row) => row.state,
      cell: (row) => <span class={`state ${row.state}`}>{t(`source-state-${row.state}`)}</span>,
    },
    {
      id: "reason",
      title: t("reason"),
      by: (row) => row.reason,
      cell: (row) => (row.reason ? <span title={row.detail}>{reasonText(row.reason)}</span> : ""),
    },
    { id: "since", title: t("since"), by: (row) => row.since, cell: (row) => (row.since ? clockTime(row.since) : "") },
    { id: "retry", title: t("retry-at"), by: (row) => row.retry_at, cell: (row) => (row.retry_at ? clockTime(row.retry_at, true) : "") },
    { id: "reported", title: t("reported"), by: (row) => row.reported, cell: (row) => clockTime(row.reported, true) },
  ];
  return (
    <Panel id="sources" class="two-thirds" title={t("sources")}>
      {sources.length === 0 ? (
        <Empty>{t("no-sources")}</Empty>
      ) : (
        <Table label={t("sources")} columns={columns} rows={sources} rowKey={(row) => row.source} />
      )}
    </Panel>
  );
}

function Feeds() {
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
    { id: "next", title: t("next-read"), by: (row) => row.next_try, cell: (row) => (row.next_try ? clockTime(row.next_try) : "") },
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

// The newest quote of each exchange.
function DataAge() {
  const { market } = useSession();
  useThrottled(market.changes, DRAW_MS);
  const rows = freshness([...market.instruments.value.values()], (symbol) => market.quote(symbol).peek());
  const columns: Column<Freshness>[] = [
    { id: "exchange", title: t("exchange"), by: (row) => row.exchange, cell: (row) => row.exchange },
    { id: "instruments", title: t("instruments"), numeric: true, by: (row) => row.instruments, cell: (row) => row.instruments },
    { id: "quoted", title: t("with-price"), numeric: true, by: (row) => row.quoted, cell: (row) => row.quoted },
    {
      id: "newest",
      title: t("newest-price"),
      by: (row) => row.newest,
      cell: (row) => (row.newest ? dateTime(row.newest) : <Missing why={t("no-price")} />),
    },
    {
      id: "oldest",
      title: t("oldest-price"),
      by: (row) => row.oldest,
      cell: (row) => (row.oldest ? dateTime(row.oldest) : <Missing why={t("no-price")} />),
    },
    { id: "replayed", title: t("replayed-column"), numeric: true, by: (row) => row.replayed, cell: (row) => row.replayed },
  ];
  return (
    <Panel id="age" class="two-thirds" title={t("data-age")}>
      {rows.length === 0 ? (
        <Empty>{t("no-instruments")}</Empty>
      ) : (
        <Table label={t("data-age")} columns={columns} rows={rows} rowKey={(row) => row.exchange} />
      )}
    </Panel>
  );
}

function Connection() {
  const { state, market, gaps, missedError } = useSession();
  const received = useThrottled(market.changes, DRAW_MS);
  return (
    <Panel id="connection" class="third" title={t("page-connection")}>
      <dl class="facts">
        <Fact word={t("stream")}>{t(`stream-${state.value.kind}`)}</Fact>
        <Fact word={t("quotes-stored")}>{plain(received, 0)}</Fact>
        <Fact word={t("signals-stored")}>{market.signals.value.length}</Fact>
        <Fact word={t("gaps")}>{gaps.value}</Fact>
        <Fact word={t("last-error")}>{missedError.value?.message ?? t("none")}</Fact>
      </dl>
    </Panel>
  );
}

function Fact({ word, children }: { word: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useSessionStatus() {
  const session = useSession();
  return { status: session.status, statusError: session.statusError, refreshStatus: () => session.refreshStatus() };
}
