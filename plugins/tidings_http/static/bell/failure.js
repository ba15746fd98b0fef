// What can go wrong between here and the server, as a program tells it apart.

/** @import { FailureCode } from "../bell.js" */

/** `code`: "unreachable" (come back later), "denied" (sign in), "refused" (do not try again). */
export class Failure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Make a failure of whatever was thrown. @param {unknown} error */
export const asFailure = (error) =>
  error instanceof Failure ? error : new Failure("unreachable", String(error));
