/** What the words behind `rxzk` ask for, or what is wrong with them. */

import { parseArgs } from 'node:util';
import { type StartServerOptions } from '../testing/start-server.js';

/** What to do. */
export type Command =
  | { readonly kind: 'serve'; readonly options: StartServerOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly why: string };

export const usage = `usage: rxzk serve [options]

Starts a ZooKeeper server in memory, for development and tests.

  --port N                    port to listen on (2181); 0 picks a free one
  --host ADDRESS              address to listen on (127.0.0.1, this machine only)
  --data FILE                 keep znodes and sessions in a file (default: in memory only)
  --tick-ms N                 session timeouts are settled between 2 and 20 ticks (2000)
  --super-digest super:HASH   who proves this digest may do everything
  --sasl-user USER:PASSWORD   let a user log in by SASL DIGEST-MD5; may be given several times
  --max-frame-bytes N         largest request (1048575)
  --max-client-cnxns N        connections of one host at a time (60); 0 for any number

  rxzk --help                 this text
  rxzk --version              the version
`;

const optionTypes = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  'tick-ms': { type: 'string' },
  'super-digest': { type: 'string' },
  'sasl-user': { type: 'string', multiple: true },
  'max-frame-bytes': { type: 'string' },
  'max-client-cnxns': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

class WrongArguments extends Error {}

/** Reads the arguments; never throws. */
export function readCommand(args: readonly string[]): Command {
  try {
    return commandOf(args);
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) };
  }
}

function commandOf(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: optionTypes,
    allowPositionals: true,
  });
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [command, ...more] = positionals;
  if (command !== 'serve') {
    throw new WrongArguments(command === undefined ? 'no command' : `no command "${command}"`);
  }
  if (more.length > 0) throw new WrongArguments(`too much: ${more.join(' ')}`);
  return {
    kind: 'serve',
    options: {
      port: whole('port', values.port, { from: 0, to: 65_535 }) ?? 2181,
      host: values.host ?? '127.0.0.1',
      ...given('dataFile', values.data),
      ...given('tickMs', whole('tick-ms', values['tick-ms'], { from: 1, to: 100_000_000 })),
      ...given('superDigest', digest(values['super-digest'])),
      ...given('saslUsers', users(values['sasl-user'])),
      ...given(
        'maxFrameBytes',
        whole('max-frame-bytes', values['max-frame-bytes'], { from: 64, to: 0x7fff_ffff }),
      ),
      ...given(
        'maxClientCnxns',
        whole('max-client-cnxns', values['max-client-cnxns'], { from: 0, to: 0x7fff_ffff }),
      ),
    },
  };
}

function given<K extends keyof StartServerOptions>(
  name: K,
  value: StartServerOptions[K] | undefined,
): Pick<StartServerOptions, K> | object {
  return value === undefined ? {} : { [name]: value };
}

function whole(
  name: string,
  text: string | undefined,
  { from, to }: { from: number; to: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  const range = `a whole number from ${String(from)} to ${String(to)}`;
  throw new WrongArguments(`--${name} must be ${range}, not "${text}"`);
}

function digest(text: string | undefined): string | undefined {
  if (text === undefined || /^[^:]+:[^:]+$/.test(text)) return text;
  throw new WrongArguments(`--super-digest must be super:HASH, not "${text}"`);
}

function users(texts: readonly string[] | undefined): Record<string, string> | undefined {
  if (texts === undefined) return undefined;
  const pairs = texts.map((text) => {
    const [, user, password] = /^([^:]+):(.+)$/.exec(text) ?? [];
    // The text may hold a password, so it is not repeated.
    if (user === undefined || password === undefined) {
      throw new WrongArguments('--sasl-user must be USER:PASSWORD');
    }
    return [user, password] as const;
  });
  return Object.fromEntries(pairs);
}
