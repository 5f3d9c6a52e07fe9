/** Moved: see src/testing/real/relay.ts. */

export * from '../../../src/testing/real/relay.js';
