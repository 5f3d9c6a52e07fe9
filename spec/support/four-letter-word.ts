/** Moved: see src/testing/real/four-letter-word.ts. */

export * from '../../src/testing/real/four-letter-word.js';
