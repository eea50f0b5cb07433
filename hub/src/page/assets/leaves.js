// The numbers inside structured telemetry, which charts can show like telemetry of their own: fields of objects, and what
// vectors and geopoints consist of. The hub has the same rule.

import { isNumber } from './numbers.js';
import { PARTS } from './places.js';

const DEPTH = 3;

/** Capabilities for the numbers inside one; each has the names to them as `inner`, and the path `location.speed`. */
export function leaves(capability, depth = DEPTH) {
  if (capability.kind !== 'telemetry' || depth === 0) return [];
  return fieldsOf(capability.schema).flatMap(({ name, label, schema }) => {
    const field = {
      ...capability, schema, path: `${capability.path}.${name}`, inner: [...capability.inner ?? [], name], label: `${capability.label} · ${label}`,
      unit: null, semanticType: null, description: null, display: {},
    };
    return isNumber(schema.type) ? [field] : leaves(field, depth - 1);
  });
}

const fieldsOf = (schema) => schema?.fields ?? PARTS[schema?.type] ?? [];
