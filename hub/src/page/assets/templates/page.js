// The templates' pages, by what follows `/templates` in the address.

import importPage from './import.js';
import listPage from './list.js';
import templatePage from './template.js';

export default function templatesPage(context) {
  const [id] = context.rest;
  if (id === undefined) return listPage(context);
  return id === 'new' ? importPage(context) : templatePage(context);
}
