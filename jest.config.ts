/** Jest: `unit` runs anywhere with nothing but Node, `live` needs a real ZooKeeper (see src/testing/real). */
import type { Config } from 'jest';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: { module: 'commonjs', moduleResolution: 'bundler' } }],
  },
  moduleNameMapper: {
    '^rxzk$': '<rootDir>/src/index.ts',
    '^rxzk/testing$': '<rootDir>/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
} satisfies Config;

const config: Config = {
  testTimeout: 20_000,
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
