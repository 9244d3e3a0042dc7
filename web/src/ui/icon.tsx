/** A 16 × 16 icon, stroked in the colour of its button. */
export function Icon({ path }: { path: string }) {
  return <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d={path} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" /></svg>;
}
