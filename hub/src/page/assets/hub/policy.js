// What becomes of a device that registers again: the three policies of the provisioning service, as a choice.

import { freshId, h } from '../dom.js';
import { texts } from '../texts.js';

const words = texts.enrollments.policy;

const POLICIES = {
  migrate: { updateHubAssignment: true, migrateDeviceData: true },
  reset: { updateHubAssignment: true, migrateDeviceData: false },
  never: { updateHubAssignment: false, migrateDeviceData: false },
};

/** The name of a policy; without an assignment there is no data to migrate. */
const nameOf = ({ updateHubAssignment, migrateDeviceData }) => (!updateHubAssignment ? 'never' : migrateDeviceData ? 'migrate' : 'reset');

export const policyName = (policy) => words[nameOf(policy)];

/** A control for a policy. */
export function policyField(policy = POLICIES.migrate) {
  const select = h('select', { id: freshId('policy'), 'data-testid': 'input-policy' }, Object.keys(POLICIES).map((name) => h('option', { value: name }, words[name])));
  select.value = nameOf(policy);
  return {
    element: h('div', { class: 'field' }, h('label', { for: select.id }, words.label), select),
    read: () => POLICIES[select.value],
    write: (value) => { select.value = nameOf(value); },
    isChanged: (value) => select.value !== nameOf(value),
  };
}
