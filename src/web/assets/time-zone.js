// Chooses the browser's own time zone, where nobody has chosen one yet.
const list = document.querySelector('select[data-guess]')
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
if (list && [...list.options].some((option) => option.value === zone)) list.value = zone
