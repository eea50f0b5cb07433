// The shapes of values that DTDL names without fields: geopoints, vectors and GeoJSON. Points are entered by their parts, other
// shapes as JSON that is looked at before it is taken.

import { texts } from './texts.js';

const words = texts.form.places;
const part = (name, low, high) => ({ name, label: words[name] ?? name, schema: { type: 'double' }, display: { min: low, max: high } });

/** The parts of a point of GeoJSON. */
export const PLACE = [part('longitude', -180, 180), part('latitude', -90, 90), part('altitude')];

/** The parts of what is an object of numbers on the wire. */
export const PARTS = {
  geopoint: [part('lat', -90, 90), part('lon', -180, 180), part('alt')],
  vector: [part('x'), part('y'), part('z')],
};

/** The parts of a GeoJSON point, and the point of its parts; `null` where it lacks one. */
export const partsOf = (point) => Object.fromEntries(PLACE.map(({ name }, index) => [name, point?.coordinates?.[index]]));
export const pointOf = ({ longitude, latitude, altitude }) => (longitude === undefined || latitude === undefined ? null
  : { type: 'Point', coordinates: [longitude, latitude, ...(altitude === undefined ? [] : [altitude])] });

/** By schema: the `type` of other shapes, and one as an example. */
const position = '[8.54, 47.37]';
const line = `[${position}, ${position}]`;
const SHAPES = {
  lineString: ['LineString', line], polygon: ['Polygon', `[${line}]`], multiPoint: ['MultiPoint', line],
  multiLineString: ['MultiLineString', `[${line}]`], multiPolygon: ['MultiPolygon', `[[${line}]]`],
};

/** What a value lacks to be such a shape, or null. */
export function shapeError(schema, value) {
  const shape = SHAPES[schema];
  return !shape || (value?.type === shape[0] && Array.isArray(value.coordinates)) ? null : words.shape(shape[0], shape[1]);
}
