/** What cannot be read in an answer; whoever asked says which server it was. */

export class Unreadable extends Error {}
