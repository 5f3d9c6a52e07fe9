/** What the arguments of `rxzk` ask for. */

import { readCommand } from '../../src/cli/arguments.js';

describe('the arguments of rxzk', () => {
  it('have defaults: this machine, the usual port', () => {
    expect(readCommand(['serve'])).toEqual({
      kind: 'serve',
      options: { port: 2181, host: '127.0.0.1' },
    });
  });

  it('say all that a server can be told', () => {
    const line =
      'serve --port 0 --host ::1 --data f --tick-ms 100 --super-digest super:x= ' +
      '--sasl-user bob:a:b --sasl-user eve:c --max-frame-bytes 4096 --max-client-cnxns 0';
    expect(readCommand(line.split(' '))).toEqual({
      kind: 'serve',
      options: {
        port: 0,
        host: '::1',
        dataFile: 'f',
        tickMs: 100,
        superDigest: 'super:x=',
        saslUsers: { bob: 'a:b', eve: 'c' },
        maxFrameBytes: 4096,
        maxClientCnxns: 0,
      },
    });
  });

  it.each([
    ['--help', 'help'],
    ['-h', 'help'],
    ['serve --help', 'help'],
    ['--version', 'version'],
    ['-v', 'version'],
  ])('ask with %s for %s', (line, kind) => {
    expect(readCommand(line.split(' '))).toEqual({ kind });
  });

  it.each([
    ['', 'no command'],
    ['start', 'no command "start"'],
    ['serve more', 'too much: more'],
    ['serve --port', 'port'],
    ['serve --port x', '--port must be a whole number from 0 to 65535, not "x"'],
    ['serve --port 65536', '--port must be'],
    ['serve --tick-ms 0', '--tick-ms must be'],
    ['serve --max-frame-bytes 1', '--max-frame-bytes must be'],
    ['serve --super-digest nobody', '--super-digest must be super:HASH'],
    ['serve --sasl-user bob', '--sasl-user must be USER:PASSWORD'],
    ['serve --nonsense', '--nonsense'],
  ])('are wrong: "%s"', (line, why) => {
    const command = readCommand(line === '' ? [] : line.split(' '));
    expect(command).toMatchObject({ kind: 'wrong' });
    expect(command.kind === 'wrong' ? command.why : '').toContain(why);
  });
});
