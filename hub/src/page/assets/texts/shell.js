// The English texts of what stands around every page.

export const shell = {
  sections: { devices: 'Devices', templates: 'Templates', hub: 'Hub' },
  crumbs: 'Breadcrumb',
  notFound: 'Nothing here',
  notFoundHint: 'There is no page with this address.',
  themes: { system: '◐ Auto', light: '☀ Light', dark: '☾ Dark' },
  themeNamed: (theme) => `Colours: ${theme}`,
  confirm: {
    cancel: 'Cancel',
    typeName: (name) => `Type ${name} to go on`,
    otherName: 'This is another name.',
  },
  leave: { title: 'Leave without saving?', text: 'What you typed here is not saved.', cancel: 'Stay', button: 'Discard' },
  login: {
    title: 'Log in',
    token: 'Token',
    hint: 'The hub says it at its start, and has it in the address of this page.',
    submit: 'Log in',
  },
  keys: {
    open: 'Shortcuts',
    title: 'Keyboard shortcuts',
    letters: 'Single letters are shortcuts',
    list: {
      '?': 'This list',
      '/': 'Search',
      'g d': 'Devices',
      'g t': 'Templates',
      'g h': 'Hub',
      '↑ ↓': 'Move through a list',
      Enter: 'Open, or send a form',
      'Ctrl Enter': 'Save or send from anywhere in a form',
      Esc: 'Close a dialog; in a chart, the whole range again',
      '← →': 'Move along a chart',
      'Shift ← →': 'Select a range of a chart, Enter zooms',
    },
  },
};
