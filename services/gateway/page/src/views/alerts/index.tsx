export default function View() {
  return <div class="view" />;
}
