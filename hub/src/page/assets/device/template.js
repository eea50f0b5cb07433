// A device's published template, looked up by path; and what stands in for it where a device has none.

import { leaves } from '../leaves.js';
import { texts } from '../texts.js';

const keyOf = (kind, component, name) => `${kind} ${component ?? ''} ${name}`;

export class Template {
  /** `published` is the template as the hub hands it out, or null. */
  constructor(published) {
    this.published = published;
    this.etag = published ? `${published.id} ${published.etag}` : null;
    this.capabilities = published?.capabilities ?? [];
    this.groups = published?.groups ?? [];
    this.byPath = new Map(this.capabilities.flatMap((one) => [one, ...leaves(one)]).map((one) => [one.path, one]));
    this.byName = new Map(this.capabilities.map((one) => [keyOf(one.kind, one.component, one.name), one]));
    this.views = published?.views?.length > 0 ? published.views : [everything(this)];
  }

  get(path) {
    return this.byPath.get(path) ?? null;
  }

  /** The capability of this kind with its name on the wire. */
  find(kind, component, name) {
    return this.byName.get(keyOf(kind, component, name)) ?? null;
  }

  of(kind) {
    return this.capabilities.filter((one) => one.kind === kind);
  }

  /** What a capability is called where its component does not stand beside it. */
  fullLabel(capability) {
    const group = capability.component && this.groups.find((one) => one.key === capability.group);
    return group ? `${group.title} · ${capability.label}` : capability.label;
  }
}

/** The only view of a template without views: all that it knows. */
function everything(template) {
  const { groups } = template;
  const telemetry = template.of('telemetry').map((one) => ({ type: 'lkv', capabilities: [one.path], width: 1 }));
  const properties = groups.map((group) => ({
    type: 'properties', title: group.title, width: 2, capabilities: template.of('property').filter((one) => one.group === group.key).map((one) => one.path),
  }));
  return { slug: 'all', kind: 'view', name: texts.device.everything, tiles: [...telemetry, ...properties.filter((tile) => tile.capabilities.length > 0)] };
}
