// What AdminJS's client looks for when it starts. It renders none of its own pages, so it needs to know next to nothing.
Object.assign(window, {
  REDUX_STATE: {
    // Where it would send somebody whose session ended, with a pop-up: our client does that, without.
    paths: { rootPath: '/app', loginPath: '/app/api/none', logoutPath: '/sign-out' },
    locale: { language: 'en', availableLanguages: ['en'], translations: { en: {} } },
  },
  THEME: {},
  THEME_COMPONENTS: {},
  AdminJS: { Components: {} },
})
