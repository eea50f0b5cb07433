// Which page of the hub's section an address names.

import { certificatesPage } from './certificates.js';
import { enrollmentPage } from './enrollment.js';
import { enrollmentsPage } from './enrollments.js';
import { faultsPage } from './faults.js';
import { newEnrollmentPage } from './new-enrollment.js';
import { overviewPage } from './overview.js';
import { notFound } from '../shell/router.js';

export default function hubPage(context) {
  const [name = '', kind, ...rest] = context.rest;
  const id = rest.join('/');
  if (name === 'enrollments' && kind === 'new') return newEnrollmentPage(context);
  if (name === 'enrollments' && ['group', 'individual'].includes(kind) && id !== '') return enrollmentPage(context, kind, id);
  return (Object.hasOwn(PAGES, name) ? PAGES[name] : notFound)(context);
}

const PAGES = { '': overviewPage, enrollments: enrollmentsPage, certificates: certificatesPage, faults: faultsPage };
