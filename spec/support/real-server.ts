/** Moved: see src/testing/real/real-server.ts. */

export * from '../../src/testing/real/real-server.js';
