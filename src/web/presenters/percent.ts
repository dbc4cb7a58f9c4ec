/** The nearest percent; 100% is said of all of it only, and 0% of nothing only. */
export function percent(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%'
  if (part >= whole) return '100%'
  const nearest = Math.min(99, Math.round((part * 100) / whole))
  return nearest === 0 ? 'under 1%' : `${nearest}%`
}
