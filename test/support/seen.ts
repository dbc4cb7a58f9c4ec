/** A page without what nobody sees: data for scripts, and React's marks between texts. */
export const withoutData = (html: string) => html.replace(/<script[^>]*>.*?<\/script>|<!--.*?-->/gs, '')
