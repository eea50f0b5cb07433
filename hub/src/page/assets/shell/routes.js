// Which page an address names. A page's module is loaded with its first visit.
//
// A page is a module with a default export `(context) => view`, where
//   context = { params, rest, query, go(path), setQuery(changes), titled(crumbs), follow(topics) }
//     params    the parts of the address that the pattern names, decoded; `rest` the parts that `*` stands for
//     query     the URLSearchParams of the address
//     go        goes to another address of this application; with `{ saved: true }` without asking for what was typed
//     setQuery  writes an object's values into the query of the present address (empty ones are taken out)
//     titled    shows the breadcrumb `[[text, href], ..., [text]]`, whose last text is the title as well
//     follow    listens to other topics of the stream from now on; the view is loaded again
//   view = { element, topics, load(), event(name, data), moved(context), isDirty(), close() }
//     topics    what the stream sends: 'devices', 'templates', 'device:{id}', 'raw:{id}'; none is no stream
//     load      loads everything anew: at the beginning and whenever events were missed
//     event     takes one event of the stream
//     moved     takes a new address that has the same pattern and params, where given; without it, the page is made anew
//     isDirty   whether something was typed that leaving would lose: it is asked first
//     close     stops timers and listeners
// All but `element` may be left out.

export const ROUTES = [
  { pattern: '/', redirect: '/devices' },
  { pattern: '/devices', section: 'devices', module: () => import('../devices/list.js') },
  { pattern: '/devices/new', section: 'devices', module: () => import('../devices/new.js') },
  { pattern: '/devices/:id/*', section: 'devices', module: () => import('../device/page.js') },
  { pattern: '/templates/*', section: 'templates', module: () => import('../templates/page.js') },
  { pattern: '/hub/*', section: 'hub', module: () => import('../hub/page.js') },
];

/** The address of a device; `new` as an id must not look like the page for new devices. */
export function devicePath(id, ...rest) {
  const name = id === 'new' ? '%6eew' : encodeURIComponent(id);
  return ['/devices', name, ...rest.map(encodeURIComponent)].join('/');
}
