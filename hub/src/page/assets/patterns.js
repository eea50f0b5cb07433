// What a text looks like, where more than one place has to know it.

/** Base64 with its padding, also the empty text. */
export const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A name of DTDL, of a capability as of a key of a map; how long it may be is another matter. */
export const NAME = /^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$/;
