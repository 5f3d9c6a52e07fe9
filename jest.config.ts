/** Jest: `unit` runs anywhere with nothing but Node, `live` needs a real ZooKeeper (see src/testing/real). */
import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    // `npm test` checks the types of everything once, before; doing it again for each file that a spec imports takes minutes.
    '^.+\\.ts$': [
      'ts-jest',
      { tsconfig: { module: 'commonjs', moduleResolution: 'bundler', isolatedModules: true } },
    ],
  },
  moduleNameMapper: {
    '^rxzk$': '<rootDir>/src/index.ts',
    '^rxzk/testing$': '<rootDir>/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
} satisfies Config;

const config: Config = {
  testTimeout: 20_000,
  // Live specs mostly wait for real servers, so even two cores are worth two workers; more than half of many is not.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  reporters: ['default', '<rootDir>/.config/left-out-reporter.mjs'],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/spec/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.live\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'live',
      testMatch: ['<rootDir>/spec/**/*.live.spec.ts'],
    },
  ],
};

export default config;
