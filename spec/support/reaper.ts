/** Moved: see src/testing/real/reaper.ts. */

export * from '../../src/testing/real/reaper.js';
