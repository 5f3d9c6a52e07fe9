/** Moved: see src/testing/real/free-ports.ts. */

export * from '../../src/testing/real/free-ports.js';
