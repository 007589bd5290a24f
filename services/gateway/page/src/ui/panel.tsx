// A titled box.
import type { ComponentChildren } from "preact";

interface Props {
  id: string;
  title: string;
  class?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  footer?: ComponentChildren;
}

export function Panel({ id, title, class: more = "", actions, children, footer }: Props) {
  return (
    <section class={`panel ${more}`} aria-labelledby={`${id}-title`} id={id}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {actions}
      </header>
      {children}
      {footer && <footer>{footer}</footer>}
    </section>
  );
}
