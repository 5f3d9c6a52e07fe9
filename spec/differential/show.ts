/** Values in one line, for people: `path=~/x data="d" acl=[world:anyone=31]`. */

const decoder = new TextDecoder();

/** A value as it stands in scripts and transcripts. The parts of an object have its order. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(decoder.decode(value));
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return showParts(value);
  return typeof value === 'string' ? value || "''" : String(value);
}

function showParts(value: object): string {
  if ('perms' in value && 'scheme' in value && 'id' in value) {
    return `${String(value.scheme)}:${String(value.id)}=${String(value.perms)}`;
  }
  return Object.entries(value)
    .map(([name, part]) => (name === 'type' ? show(part) : `${name}=${nested(part)}`))
    .join(' ');
}

function nested(value: unknown): string {
  const isGroup =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array);
  return isGroup ? `(${show(value)})` : show(value);
}
