/** Moved: see src/testing/real/wait-until.ts. */

export * from '../../src/testing/real/wait-until.js';
