/** The JAAS file that tells a server whose SASL logins to take. */

import { type SaslUsers } from '../../server/digest-md5.js';
import { InvalidOptionError } from '../../errors/client-errors.js';

/** A server that knows these users, by DIGEST-MD5. */
export function digestJaas(users: SaslUsers): string {
  const lines = Object.entries(users).map(
    ([name, password]) => `\n  ${quoted(`user_${name}`)}=${quoted(password)}`,
  );
  return `Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required${lines.join('')};\n};\n`;
}

function quoted(text: string): string {
  // Java replaces what stands in ${…}, and there is no way to write one that it leaves alone.
  if (/[\r\n]|\$\{/.test(text)) {
    throw new InvalidOptionError('saslUsers', 'a line break or "${" cannot stand in a JAAS file');
  }
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
