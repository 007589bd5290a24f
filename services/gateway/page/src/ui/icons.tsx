// Icons from path data.
const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.4 10.4 14 14",
  star: "M8 1.9 9.9 5.8l4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z",
  close: "M4 4l8 8M12 4l-8 8",
  market: "M2 2.5h7v6H2zM11 2.5h3v6h-3zM2 10.5h4v3H2zM8 10.5h6v3H8z",
  instrument: "M4 2v12M2.5 5h3v5h-3zM11.5 2v12M10 7h3v4h-3z",
  screener: "M2 3h12l-4.6 5.4V13L6.6 14V8.4z",
  research: "M2 13.5h12M3.5 11 7 7l2.5 2L14 3.5",
  alerts: "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14h2.4",
  system: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
  settings: "M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7M10.7 3v3M5.2 10v3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
