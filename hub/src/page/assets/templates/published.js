// Asks which templates devices can be given, for a dialog that chooses one of them. Begin with `withPublished`.

import { toastError } from '../shell/toast.js';
import { templatesApi } from './api.js';

/**
 * Calls `open` with the published templates. A failure is said and opens nothing: a dialog without the templates would offer what
 * nobody asked for. Nothing is opened either, or said, when another page is shown by then.
 */
export async function withPublished(open) {
  const page = document.getElementById('main').firstElementChild;
  try {
    const { items } = await templatesApi.list();
    if (page.isConnected) open(items.filter(({ state }) => state === 'published'));
  } catch (failure) {
    if (page.isConnected) toastError(failure.message);
  }
}
